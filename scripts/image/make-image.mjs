import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../steps.mjs';
import { billOfMaterials, licenceList } from './bill-of-materials.mjs';
import { copyEngine } from './engine.mjs';
import { APP, PARTS, WRITABLE } from './layout.mjs';
import { installProduct } from './product.mjs';
import { reachablePackages, removeUnreachable } from './reachable.mjs';
import { copyRuntime } from './runtime.mjs';

/**
 * Makes the root file system of an image: the product from the lockfile, Node, the shared libraries of both, and nothing that could
 * start a shell. Everything is read-only but the mount points. Gives its size and how many components its bill of materials has.
 */
export async function makeImage(part, into, { root, cache }) {
  if (existsSync(into)) throw new Error(`${into} is there already; name a folder that is not`);
  if (!existsSync(join(root, 'packages', 'cli', 'dist', 'index.js')))
    throw new Error('the product is not compiled: run "npm run setup" first');
  const { leftOut, hasEngine, hasModels } = PARTS[part];
  const app = join(into, APP);
  mkdirSync(app, { recursive: true });
  await step(1, 5, 'packages from the lockfile', () => installProduct(root, app, { hasModels }));
  let packages = [];
  await step(2, 5, 'what the part needs of them', () => {
    packages = reachablePackages(app, leftOut);
    removeUnreachable(app, packages);
  });
  let engine;
  await step(3, 5, 'TensorFlow', () => {
    if (!hasEngine) return true;
    engine = copyEngine(join(cache, 'engine'), join(app, 'engine'));
    return false;
  });
  await step(4, 5, 'Node and shared libraries', () => copyRuntime(into));
  const bom = billOfMaterials(part, { root, into, packages, engine });
  await step(5, 5, 'bill of materials', () => {
    const folder = join(into, 'usr/share/ood-grid');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'bom.cdx.json'), `${JSON.stringify(bom, null, 2)}\n`);
    writeFileSync(join(folder, 'licences.md'), licenceList(bom));
  });
  const bytes = seal(into);
  for (const folder of WRITABLE) {
    mkdirSync(join(into, folder), { recursive: true });
    chmodSync(join(into, folder), 0o1777);
  }
  return { bytes, components: bom.components.length };
}

/** Takes the right to write from everybody, and counts bytes. */
function seal(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += seal(path);
    else if (entry.isFile()) {
      const { size, mode } = lstatSync(path);
      bytes += size;
      chmodSync(path, (mode & 0o111) === 0 ? 0o444 : 0o555);
    }
  }
  chmodSync(folder, 0o555);
  return bytes;
}
