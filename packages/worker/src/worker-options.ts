import type { Log } from '@oodgrid/contract';
import type { Tracing } from '@oodgrid/metrics';
import type { Endpoint, HintSource } from '@oodgrid/transport';
import type { ExecutorSettings } from './executor/settings.js';
import type { BlobAccess } from './held-tasks.js';
import type { Lifetime } from './lifetime.js';

export interface WorkerOptions {
  readonly workerId: string;
  /** Returns the coordinator's present address; called before every connection. Throws where it cannot be reached safely. */
  readonly findCoordinator: () => Promise<Endpoint | string>;
  readonly executors: number;
  /** Tasks that it holds for each executor: one is computed while the next is made ready. */
  readonly tasksPerExecutor: number;
  readonly memoryBytes: number;
  readonly settings: ExecutorSettings;
  readonly stallMs: number;
  /** Milliseconds that it waits for another worker of its id to go before it gives up. */
  readonly conflictMs: number;
  /** Opens the coordinator's queue for a numerics class and so many places. Null: works for coordinators alone that have none. */
  readonly openHints: ((queue: string, pool: string, slots: number) => Promise<HintSource>) | null;
  readonly blobs: BlobAccess;
  /** Decides when a worker of limited time ends; null: it works until it is stopped. */
  readonly lifetime: Lifetime | null;
  /** Time for handing tasks back when its time is over. */
  readonly graceMs: number;
  readonly log: Log;
  /** Destination of spans; left out: none are made. */
  readonly tracing?: Tracing;
}

/** Why a worker ended: it was stopped or its time is over, or there was no more work. */
export type WorkerEnd = 'stopped' | 'no-work-left';
