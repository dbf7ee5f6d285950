import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PNPM } from '../setup.mjs';
import { run } from '../steps.mjs';

/** Not needed to run, in packages of others and ours. */
const NO_USE = /\.(d\.[cm]?ts|map|tsbuildinfo)$|^\.package-map\.json$/;

/** The product and the packages that it runs with, as the lockfile has them; no install script is run. */
export async function installProduct(root, app, { hasModels }) {
  const copy = (from, to = from) => cpSync(join(root, from), join(app, to), { recursive: true, filter });
  const packages = readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `packages/${name}`)
    .filter((folder) => existsSync(join(root, folder, 'package.json')));
  // The lockfile speaks of all of them.
  const manifests = [...packages, 'test', 'bench'].map((folder) => `${folder}/package.json`);
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    mkdirSync(dirname(join(app, file)), { recursive: true });
    copy(file);
  }
  const options = ['--prod', '--frozen-lockfile', '--ignore-scripts', '--filter', 'ood-cli...'];
  // Copies: what is shared with the package manager's store would be made read-only there.
  await run('npx', ['--yes', PNPM, 'install', ...options, '--config.package-import-method=copy'], {
    cwd: app,
  });
  for (const folder of packages) copy(`${folder}/dist`);
  copy('packages/cli/bin/run.js');
  copy('packages/cli/oclif.manifest.json');
  copy('LICENSE');
  if (hasModels) copy('models');
  for (const name of ['test', 'bench', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'])
    rmSync(join(app, name), { recursive: true });
}

const filter = (path) => !NO_USE.test(path.slice(path.lastIndexOf('/') + 1));

/** Removes what is not needed to run from packages of others. */
export function removeNoUse(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeNoUse(path);
    else if (entry.isFile() && NO_USE.test(entry.name)) rmSync(path);
  }
}
