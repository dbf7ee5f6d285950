import type { WorkSpec } from '@oodgrid/contract';
import type { LeaseRef, WorkerInfo } from '@oodgrid/transport';

export interface SessionOptions {
  readonly worker: WorkerInfo;
  /** Secret of this process. */
  readonly proof: string;
  /** Describes the worker's present work, for display. */
  readonly doing: () => string;
  /** A lease was granted: start its task. `traceparent`: trace context of the lease. */
  readonly onStart: (lease: LeaseRef, task: WorkSpec, traceparent: string | undefined) => void;
  /** A lease is over: stop its task, whose results do not count. */
  readonly onCancel: (lease: LeaseRef) => void;
  /** A place is free, or the coordinator is back: look for work. */
  readonly onRoom: () => void;
  /** The coordinator wants this worker to take no more tasks. */
  readonly onDrain: () => void;
  /** The coordinator gives this worker no tasks for `forMs`; the session asks for none until `isResting` is set to false. */
  readonly onSetAside: (reason: string, forMs: number) => void;
}
