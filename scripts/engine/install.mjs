import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run } from '../steps.mjs';
import { TENSORFLOW } from './recipe.mjs';

/**
 * Builds the native engine under `cache/engine/<key>` and points `current-cpu.json` at it. Returns true
 * when it was there already. What was downloaded is kept until the build succeeds, so that an
 * interrupted set-up goes on where it stopped; the finished folder appears by one rename.
 */
export async function installEngine(recipe, cache, root) {
  const home = join(cache, 'engine');
  const target = join(home, recipe.key);
  const pointer = join(home, 'current-cpu.json');
  if (existsSync(join(target, 'manifest.json')) && existsSync(pointer)) return true;
  mkdirSync(home, { recursive: true });
  removeAbandoned(home);
  const work = join(home, `.build-${recipe.key}-${process.pid}`);
  try {
    if (!existsSync(join(target, 'manifest.json'))) {
      const wheel = await fetchWheel(recipe, join(cache, 'downloads'));
      await build(recipe, wheel, work, root);
      rmSync(target, { recursive: true, force: true });
      renameSync(work, target);
      rmSync(wheel, { force: true });
    }
    const fresh = `${pointer}.${process.pid}`;
    writeFileSync(fresh, `${JSON.stringify({ key: recipe.key })}\n`);
    renameSync(fresh, pointer);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return false;
}

/** Folders of builds whose process was killed. */
function removeAbandoned(home) {
  for (const name of readdirSync(home)) {
    const pid = /^\.build-.*-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(home, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function fetchWheel({ project, tag, sha256 }, folder) {
  mkdirSync(folder, { recursive: true });
  const find = () =>
    readdirSync(folder).find((name) => name.startsWith(project.replace('-', '_')) && name.endsWith('.whl'));
  for (let attempt = 0; attempt < 2; attempt++) {
    if (find() === undefined) {
      const only = ['--no-deps', '--only-binary=:all:', '--python-version', '3.11', '--platform', tag];
      await run('python3', [
        '-m',
        'pip',
        'download',
        '--disable-pip-version-check',
        ...only,
        '-d',
        folder,
        `${project}==${TENSORFLOW}`,
      ]);
    }
    const file = join(folder, find() ?? '');
    const got = await sha256Of(file);
    if (sha256 === undefined || got === sha256) return file;
    rmSync(file);
    if (attempt === 1)
      throw new Error(
        `${file}: SHA-256 is ${got}, expected ${sha256}; the file was deleted, run the set-up again`,
      );
  }
  throw new Error('unreachable');
}

async function build(recipe, wheel, work, root) {
  const lib = join(work, 'lib');
  mkdirSync(lib, { recursive: true });
  await run('python3', ['-c', UNPACK, wheel, work, ...recipe.libraries]);
  const require = createRequire(join(root, 'packages', 'engine', 'package.json'));
  const tfjs = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
  const headers = dirname(createRequire(join(root, 'package.json')).resolve('node-api-headers/package.json'));
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(tfjs, 'binding', name));
  const includes = [join(headers, 'include'), tfjs, join(work, 'include')].map((folder) => `-I${folder}`);
  const libraries = recipe.libraries.map((name) => join(lib, name));
  const flags = ['-O2', '-shared', '-fPIC', '-std=c++17', '-DNAPI_VERSION=8'];
  const out = join(lib, 'tfjs_binding.node');
  await run(process.env.CXX || 'c++', [
    ...flags,
    ...includes,
    ...sources,
    '-o',
    out,
    ...libraries,
    ...recipe.linkFlags,
  ]);
  rmSync(join(work, 'include'), { recursive: true });
  const files = {};
  for (const name of readdirSync(lib)) files[name] = await sha256Of(join(lib, name));
  const manifest = {
    engine: 'tensorflow',
    tensorflow: TENSORFLOW,
    variant: 'cpu',
    platform: process.platform,
    arch: process.arch,
    files,
  };
  writeFileSync(join(work, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Only the C headers and the two libraries of a wheel of 30,000 files. */
const UNPACK = `
import os, shutil, sys, zipfile
wheel, work, names = sys.argv[1], sys.argv[2], sys.argv[3:]
with zipfile.ZipFile(wheel) as z:
    for entry in z.namelist():
        if entry.startswith('tensorflow/include/') and not entry.endswith('/'):
            path = os.path.join(work, entry[len('tensorflow/'):])
        elif entry in ['tensorflow/' + n for n in names]:
            path = os.path.join(work, 'lib', os.path.basename(entry))
        else:
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with z.open(entry) as source, open(path, 'wb') as target:
            shutil.copyfileobj(source, target, 1 << 20)
`;

function sha256Of(file) {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    createReadStream(file)
      .on('data', (data) => hash.update(data))
      .on('error', reject)
      .on('end', () => resolve(hash.digest('hex')));
  });
}
