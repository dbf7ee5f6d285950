// Preloaded into a process and all that it starts (--require in NODE_OPTIONS): adds every module that the process loads
// to a file of its own in $OODGRID_TEST_MODULE_LOG, as it is loaded, since some processes are killed. The first line says
// what the process runs.
const { appendFileSync } = require('node:fs');
const nodeModule = require('node:module');
const { basename, join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { isMainThread } = require('node:worker_threads');

const file = join(process.env.OODGRID_TEST_MODULE_LOG, `${process.pid}.log`);
const add = (line) => appendFileSync(file, `${line}\n`);

if (isMainThread) {
  const [, program = 'eval', command = ''] = process.argv;
  add(`${basename(program)} ${command}`.trim());
}

// CommonJS, also what is imported from a module.
const resolveFilename = nodeModule._resolveFilename;
nodeModule._resolveFilename = function logged(...args) {
  const path = resolveFilename.apply(this, args);
  add(path);
  return path;
};

// ES modules.
nodeModule.register('./hooks.mjs', { parentURL: pathToFileURL(__filename), data: { file } });

// Native libraries.
const { dlopen } = process;
process.dlopen = function logged(target, path, ...rest) {
  add(path);
  return dlopen.call(this, target, path, ...rest);
};
