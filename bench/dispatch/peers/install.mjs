import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const PYTHON_PACKAGES = ['ray==2.51.1', 'dask==2025.11.0', 'distributed==2025.11.0'];
const BULLMQ = 'bullmq@5.81.5';

function run(program, args) {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stderr}`);
}

/** Installs the peers into a folder, once; redis-server comes from the system's packages. */
export async function installPeers(folder) {
  mkdirSync(folder, { recursive: true });
  const python = join(folder, 'venv', 'bin', 'python');
  if (!existsSync(python)) run('python3', ['-m', 'venv', join(folder, 'venv')]);
  run(python, ['-m', 'pip', 'install', '--quiet', ...PYTHON_PACKAGES]);
  const modules = join(folder, 'node_modules');
  if (!existsSync(join(modules, 'bullmq')))
    run('npm', ['install', '--ignore-scripts', '--prefix', folder, BULLMQ]);
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    throw new Error('redis-server is missing: apt-get install --no-install-recommends redis-server');
  }
  return { python, modules };
}
