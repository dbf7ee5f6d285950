import { fileURLToPath } from 'node:url';

export type { WorkerSettings } from './main.js';

/** The program that a worker process runs; its settings are JSON in the variable OODGRID_WORKER. */
export const WORKER_MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

/** The program that loads the engine and says what it is; its argument is the cache folder. */
export const PROBE_MAIN = fileURLToPath(new URL('./probe.js', import.meta.url));
