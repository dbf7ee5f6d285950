import type { Digest, OodError, RunEvent } from '@oodgrid/contract';
import type { TaskPublisher } from '@oodgrid/transport';
import type { RunState } from './dispatch/run-state.js';
import type { HealthSettings } from './dispatch/worker-health.js';
import type { LedgerSettings } from './ledger/ledger-events.js';
import type { SubmittedRecord } from './store/journal-record.js';
import type { ResultReader } from './store/result-reader.js';
import type { Store } from './store/store.js';
import type { Workload } from './workload/workload.js';

/** Time and chance, injected so that a simulation can rule them. */
export interface Environment {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly wallClock: () => Date;
  /** A fencing token: never the same twice. */
  readonly newToken: () => string;
  /** Runs work after what is waiting now; everything that comes until then is one commit. */
  readonly soon: (work: () => void) => void;
  /** Runs work after a while; returns a way to call it off. */
  readonly later: (work: () => void, milliseconds: number) => () => void;
}

export interface CoordinatorOptions {
  readonly environment: Environment;
  readonly ledger: LedgerSettings;
  readonly health?: HealthSettings;
  readonly jitter: (run: string, task: number, attempt: number) => number;
  /** Opens the store; called again after it failed. */
  readonly openStore: () => Store;
  /** Null where workers ask the coordinator itself for tasks. */
  readonly publisher: TaskPublisher | null;
  readonly makeWorkload: (submitted: SubmittedRecord) => Workload;
  /** Makes a choice of a run, now or later. */
  readonly compute: (run: RunState, id: string, results: ResultReader, done: Done<unknown>) => void;
  /** Merges a run, now or later; the value is the blob of the results, or null where somebody keeps them otherwise. */
  readonly merge: (run: RunState, results: ResultReader, done: Done<Digest | null>) => void;
  /** Milliseconds for which the first worker of an empty cluster waits for others before a numerics class is chosen. */
  readonly gatherMs: number;
  readonly onEvent: (run: string, event: RunEvent) => void;
  /** Told what becomes of a worker, once and whatever runs there are; watchers of runs are told of it by `onEvent`. */
  readonly onWorkerEvent?: ((event: RunEvent) => void) | undefined;
  readonly blobs: BlobSight;
  /** Told when the store fails, and (null) when it is back; `run`: when only its merge or choice could not be written. */
  readonly onStore: (error: OodError | null, run?: string) => void;
}

/** The coordinator's view of its blobs: whether they exist and are whole. */
export interface BlobSight {
  /** Whether there is such a blob, whatever is in it. */
  isThere(blob: Digest): boolean;
  /** Reads a blob; the value says whether it is there and whole. */
  check(blob: Digest, done: Done<boolean>): void;
}

/** Called once: with the outcome, or with what went wrong. */
export type Done<T> = (outcome: { readonly value: T } | { readonly problem: OodError }) => void;
