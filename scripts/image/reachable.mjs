import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { removeNoUse } from './product.mjs';

/**
 * Packages that the product can load, by following its dependencies from `ood-cli` on, without those whose name is left out and what only
 * they need. Ours are among them.
 */
export function reachablePackages(app, leftOut) {
  const found = new Map();
  const queue = [join(app, 'packages', 'cli')];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    const real = realpathSync(folder);
    if (found.has(real)) continue;
    const manifest = JSON.parse(readFileSync(join(real, 'package.json'), 'utf8'));
    found.set(real, { folder: real, manifest });
    const names = Object.keys({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.peerDependencies,
    });
    for (const name of names) {
      if (leftOut.test(name)) continue;
      const link = resolvedIn(real, name, app);
      if (link !== undefined) queue.push(link);
    }
  }
  return [...found.values()];
}

/** A dependency as Node finds it: in `node_modules` of the folder, or of one above. */
function resolvedIn(folder, name, app) {
  for (let at = folder; at.startsWith(app); at = dirname(at)) {
    const path = join(at, 'node_modules', name);
    if (existsSync(path)) return path;
  }
  return undefined;
}

/** Removes every installed package that is not among `packages`, links to what is gone, and the package manager's own files. */
export function removeUnreachable(app, packages) {
  const kept = new Set(packages.map(({ folder }) => storeEntry(app, folder)).filter(Boolean));
  const modules = join(app, 'node_modules');
  const store = join(modules, '.pnpm');
  // Links in its own `node_modules` stay where they lead somewhere: TensorFlow.js requires what it does not declare.
  kept.add('node_modules');
  for (const name of readdirSync(store)) if (!kept.has(name)) rmSync(join(store, name), { recursive: true });
  for (const name of readdirSync(modules))
    if (name !== '.pnpm') rmSync(join(modules, name), { recursive: true });
  const own = packages.map(({ folder }) => folder).filter((folder) => storeEntry(app, folder) === undefined);
  for (const folder of readdirSync(join(app, 'packages')).map((name) => join(app, 'packages', name))) {
    if (!own.includes(folder)) rmSync(folder, { recursive: true });
  }
  removeDeadLinks(app);
  removeNoUse(modules);
}

/** Name of a package's folder in pnpm's store; none for a package of ours. */
function storeEntry(app, folder) {
  const [modules, store, entry] = relative(app, folder).split(sep);
  return modules === 'node_modules' && store === '.pnpm' ? entry : undefined;
}

function removeDeadLinks(folder) {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    const stat = lstatSync(path);
    if (stat.isDirectory()) removeDeadLinks(path);
    // Programs of packages are shell scripts.
    else if (stat.isSymbolicLink() && !existsSync(path)) rmSync(path);
  }
  if (folder.endsWith(`${sep}.bin`)) rmSync(folder, { recursive: true });
}
