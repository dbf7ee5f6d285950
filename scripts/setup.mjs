import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installEngine } from './engine/install.mjs';
import { cacheDir, recipeFor } from './engine/recipe.mjs';
import { k8sTools } from './k8s/tools.mjs';
import { installNatsServer } from './servers/nats.mjs';
import { unpackSlurm } from './servers/slurm.mjs';
import { installVersitygw } from './servers/versitygw.mjs';
import { run, step } from './steps.mjs';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const PNPM = 'pnpm@10.34.8';

/**
 * Brings a fresh clone to where every command runs; what is done already is skipped. `servers`: also what a
 * cluster needs, for the tests and `ood-cli up`.
 */
export async function setup({ servers = false } = {}) {
  const steps = servers ? 8 : 4;
  await step(1, steps, 'tools: Node 20.19 or later, Python 3 with pip, a C++ compiler', checkTools);
  await step(2, steps, 'packages from npm', installPackages);
  await step(3, steps, 'native TensorFlow (downloads 260 MB the first time)', installNative);
  await step(4, steps, 'compile TypeScript', async () => {
    await run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b'], {
      cwd: ROOT,
    });
    await run(process.execPath, [join(ROOT, 'packages', 'cli', 'bin', 'make-manifest.js')], { cwd: ROOT });
  });
  if (servers) {
    await step(5, steps, 'nats-server (built from its source the first time)', () =>
      installNatsServer(cacheDir()),
    );
    await step(
      6,
      steps,
      'Slurm, for the tests (unpacked from packages of Debian, where there are any)',
      installSlurm,
    );
    // Here and not by the tests that need them, which run side by side: each would build its own.
    await step(7, steps, 'kustomize and validators of deploy/, for the tests', installDeployTools);
    await step(8, steps, 'versitygw, an S3 server for the tests (built from its source the first time)', () =>
      installVersitygw(cacheDir()),
    );
  }
}

async function checkTools() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new Error(`Node ${process.versions.node} is too old: install 20.19 or later`);
  await run('python3', ['-m', 'pip', '--version']).catch(() => {
    throw new Error('python3 with pip is missing: install Python 3 and pip (only the set-up uses them)');
  });
  await run(process.env.CXX || 'c++', ['--version']).catch(() => {
    throw new Error('no C++ compiler: install g++ or clang++, or name one in CXX');
  });
  return true;
}

async function installPackages() {
  const hash = createHash('sha256');
  for (const file of [
    'pnpm-lock.yaml',
    'package.json',
    ...['packages', 'test', 'bench'].flatMap(manifests),
  ]) {
    hash.update(readFileSync(join(ROOT, file)));
  }
  const stamp = join(ROOT, 'node_modules', '.oodgrid-installed');
  const want = hash.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) return true;
  await run('npx', ['--yes', PNPM, 'install', '--frozen-lockfile', '--ignore-scripts'], { cwd: ROOT });
  mkdirSync(join(ROOT, 'node_modules'), { recursive: true });
  writeFileSync(stamp, want);
  return false;
}

function manifests(folder) {
  const own = join(folder, 'package.json');
  if (folder !== 'packages') return [own];
  return readdirSync(join(ROOT, folder))
    .sort()
    .map((name) => join(folder, name, 'package.json'))
    .filter((file) => existsSync(join(ROOT, file)));
}

/** Only tests need it, and they say why they are skipped. */
async function installSlurm() {
  try {
    return await unpackSlurm(cacheDir());
  } catch (error) {
    process.stderr.write(`none (${String(error.message).split('\n')[0]}): going on without ... `);
    return false;
  }
}

/** Only tests need them, and say what is missing. */
async function installDeployTools() {
  try {
    return (await k8sTools(cacheDir())).wasThere;
  } catch (error) {
    process.stderr.write(`none (${String(error.message).split('\n')[0]}): going on without ... `);
    return false;
  }
}

async function installNative() {
  if (process.env.OODGRID_ENGINE === 'wasm') return true;
  const recipe = recipeFor(process.platform, process.arch);
  try {
    if (recipe === undefined)
      throw new Error(`there is no TensorFlow wheel for ${process.platform} ${process.arch}`);
    return await installEngine(recipe, cacheDir(), ROOT);
  } catch (error) {
    const reason = String(error.message).split('\n')[0];
    process.stderr.write(
      `\n      no native engine (${reason}): going on with WebAssembly, about 10x slower forward and 20x on gradients, with other last bits ... `,
    );
    return false;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  setup({ servers: process.argv.includes('--servers') }).catch((error) => {
    process.stderr.write(`set-up failed: ${error.message}\n`);
    process.exitCode = 1;
  });
}
