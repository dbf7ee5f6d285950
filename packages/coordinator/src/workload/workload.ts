import type { Digest, WorkCounts, WorkSpec } from '@oodgrid/contract';
import type { LedgerTask } from '../ledger/task-table.js';

/** One result of a task. */
export interface WorkUnit {
  readonly key: Digest;
  /** Values per row; a fit's units have none. */
  readonly columns: number;
}

/** A task whose needs are known: what to compute, and under which keys the results are kept. */
export interface BoundWork {
  readonly isFit: boolean;
  readonly rows: number;
  readonly units: readonly WorkUnit[];
  /** Blobs without which it cannot be computed. */
  readonly reads: readonly Digest[];
  /** The task for a worker, for those units that are not there yet. */
  spec(units: readonly WorkUnit[]): WorkSpec;
}

/** Fitted states of a task that is done, by unit key. */
export type Fitted = Readonly<Record<Digest, Digest>>;

/** Outcome of a task that is done. */
export interface TaskReport {
  readonly fitted: Fitted;
  readonly work: WorkCounts;
  readonly seconds: number;
  /** Units that were taken from the cache. */
  readonly reusedUnits: number;
  readonly isReused: boolean;
  /** The worker that computed it; absent where its results were reused, and in older journals. */
  readonly worker?: string;
}

/**
 * The tasks of a run, and what is found out between them. All of it is deterministic: on a restart the same
 * reports lead to the same facts.
 */
export interface Workload {
  readonly tasks: readonly LedgerTask[];
  /** Identity of the numbering of its tasks: only a workload of the same identity can follow a journal. */
  readonly planIdentity: string;
  /** A task's title for display. */
  title(task: number): string;
  /** Memory that a worker needs for it. */
  memoryBytes(task: number): number;
  /** Workers that hold it warm are asked first. */
  model(task: number): string;
  bind(task: number, pool: string): BoundWork;
  /** The fit that gave a blob of this run; undefined when none did. */
  fitOf(blob: Digest): number | undefined;
  /** Name for display of a blob that the run was submitted with, for example `weights of "mine"`. */
  blobName(blob: Digest): string;
  /** Notes that a task is done; returns the facts that are known by it. */
  noteDone(task: number, pool: string, report: TaskReport): readonly string[];
  /** Choices whose tasks are all done; each is returned once. */
  takeComputations(): readonly string[];
  /** A choice's title for display. */
  computationTitle(id: string): string;
  /** Notes the outcome of a choice; returns the facts that are known by it. */
  noteComputed(id: string, outcome: unknown): readonly string[];
}
