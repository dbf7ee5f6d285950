import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../steps.mjs';
import { USER } from './layout.mjs';

/** Path of Node in an image. */
const NODE = 'usr/local/bin/node';

/**
 * Puts Node into a root file system, and every shared library that it and the native parts there are linked with, at the paths where
 * the loader looks for them. No program but Node.
 */
export async function copyRuntime(into) {
  const node = join(into, NODE);
  mkdirSync(dirname(node), { recursive: true });
  cpSync(realpathSync(process.execPath), node);
  const libraries = new Set();
  for (const binary of [node, ...nativeParts(into)]) {
    for (const library of await linkedWith(binary)) if (!library.startsWith(into)) libraries.add(library);
  }
  for (const library of libraries) {
    const to = join(into, library);
    if (existsSync(to)) continue;
    mkdirSync(dirname(to), { recursive: true });
    cpSync(realpathSync(library), to);
  }
  const etc = join(into, 'etc');
  mkdirSync(etc, { recursive: true });
  writeFileSync(join(etc, 'passwd'), `nobody:x:${USER}:${USER}:nobody:/nonexistent:/nonexistent\n`);
  writeFileSync(join(etc, 'group'), `nobody:x:${USER}:\n`);
  writeFileSync(join(etc, 'nsswitch.conf'), 'hosts: files dns\n');
}

/** Add-ons of Node and shared libraries. */
function* nativeParts(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* nativeParts(path);
    else if (entry.isFile() && /\.node$|\.so(\.\d+)*$/.test(entry.name)) yield path;
  }
}

/** Absolute paths of the libraries that a binary needs, the loader among them. Throws when one is missing. */
async function linkedWith(binary) {
  const text = await run('ldd', [binary]).catch((error) => {
    // One for another libc: it is not loaded here.
    if (/not a dynamic executable|musl/.test(String(error))) return '';
    throw error;
  });
  const missing = text.split('\n').filter((line) => line.includes('not found'));
  if (missing.length > 0) throw new Error(`${binary} needs what is not here:${missing.join(',')}`);
  return [...text.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(([, path]) => path);
}
