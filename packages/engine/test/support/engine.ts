import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Engine, loadEngine } from '../../src/compute.js';
import { workerEnvironment } from '../../src/index.js';

export const cacheDir =
  process.env.OODGRID_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ood-grid');

let loaded: Promise<Engine> | undefined;

/** The native engine, on one thread as in a worker. Fails, saying how to get it, where it was not built. */
export function nativeEngine(): Promise<Engine> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Engine> {
  Object.assign(process.env, workerEnvironment());
  const engine = await loadEngine({ cacheDir, log: () => undefined });
  if (engine.kind !== 'tensorflow')
    throw new Error('these tests need the native engine: run "npm run setup"');
  return engine;
}
