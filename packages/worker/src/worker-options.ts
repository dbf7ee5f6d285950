import type { Log } from '@oodgrid/protocol';
import type { HintSource } from '@oodgrid/transport';
import type { ExecutorSettings } from './executor/settings.js';
import type { BlobAccess } from './held-tasks.js';

export interface WorkerOptions {
  readonly workerId: string;
  /** For example `unix:/run/ood.sock` or `127.0.0.1:7433`. */
  readonly address: string;
  readonly executors: number;
  /** Tasks that it holds for each executor: one is computed while the next is made ready. */
  readonly tasksPerExecutor: number;
  readonly memoryBytes: number;
  readonly settings: ExecutorSettings;
  readonly stallMs: number;
  /** Milliseconds that it waits for another worker of its id to go before it gives up. */
  readonly conflictMs: number;
  /** Opens the coordinator's queue for a numerics class and so many places; null: asks the coordinator itself. */
  readonly openHints: ((queue: string, pool: string, slots: number) => Promise<HintSource>) | null;
  readonly blobs: BlobAccess;
  readonly log: Log;
}
