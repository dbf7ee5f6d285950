import { fileURLToPath } from 'node:url';

export { AttemptError } from './attempt-error.js';
export { CachedBlobs, type CachedBlobsOptions } from './cached-blobs.js';
export type { ExecutorSettings } from './executor/settings.js';
export type { BlobAccess } from './held-tasks.js';
export { Lifetime, type LifetimeOptions } from './lifetime.js';
export type { SessionOptions } from './session/session-options.js';
export { WorkerSession } from './session/worker-session.js';
export { SharedBlobs } from './shared-blobs.js';
export { syntheticDigest, syntheticRows } from './synthetic-task.js';
export { Worker } from './worker.js';
export { serveWorkerMetrics, type WorkerMetricsOptions } from './worker-metrics.js';
export type { WorkerEnd, WorkerOptions } from './worker-options.js';

/** The program that loads the engine and says what it is; its argument is the cache folder. */
export const PROBE_MAIN = fileURLToPath(new URL('./probe.js', import.meta.url));
