import { availableParallelism, freemem } from 'node:os';

/** What one executor of the paper's LeNet needs, with room for its data. */
const WORKER_BYTES = 1.2 * 1024 ** 3;

/** One worker per core, as far as memory reaches. */
export function defaultWorkers(cores = availableParallelism(), freeBytes = freemem()): number {
  return Math.max(1, Math.min(cores, Math.floor(freeBytes / WORKER_BYTES)));
}
