import type { Digest, WorkCounts } from '@oodgrid/contract';
import type { WorkerInfo } from '@oodgrid/transport';
import type { EndedRecord, RunProblem, SubmittedRecord } from '../store/journal-record.js';
import type { BoundWork, Workload } from '../workload/workload.js';

export type RunStatus = 'waiting' | 'running' | 'paused' | 'merging' | EndedRecord['status'];

/** The numerics class that a run is pinned to, and the engine that represents it. */
export interface Pin {
  readonly pool: string;
  readonly engine: WorkerInfo['engine'];
}

export interface RunStateOptions {
  readonly makeWorkload: (submitted: SubmittedRecord) => Workload;
  readonly wallClock: () => Date;
}

/** The state of one run beside that of its tasks, which is in the ledger. */
export class RunState {
  readonly submitted: SubmittedRecord;
  /** Planned on first use: a run that ended before the last start never is. */
  #workload: Workload | undefined;
  readonly #makeWorkload: (submitted: SubmittedRecord) => Workload;
  readonly boundTasks = new Map<number, BoundWork>();
  /** Number of choices that are being made. */
  openComputations = 0;
  /** Why what the journal says of its tasks cannot be followed; null when it can. */
  planProblem: RunProblem | null = null;
  /** Whether a client has written its results to disk. */
  isFetched = false;
  #pin: Pin | null = null;
  #isMerging = false;
  /** Cells that are merged, of all; null until the first is. */
  merge: { readonly merged: number; readonly cells: number } | null = null;
  #isPaused = false;
  #ended: EndedRecord | null = null;
  readonly #wallClock: () => Date;
  #lastStatus: RunStatus = 'waiting';
  /** ISO time at which it came into its present status. */
  statusSince: string;
  /** Ids of the workers that computed something of it. */
  readonly contributors = new Set<string>();
  work: WorkCounts = { images: 0, forwards: 0, gradients: 0 };
  reusedUnits = 0;
  /** Missing blobs that its watchers were told of. */
  readonly toldMissing = new Set<Digest>();

  /** `workload`: where it was planned already. */
  constructor(submitted: SubmittedRecord, { makeWorkload, wallClock }: RunStateOptions, workload?: Workload) {
    this.submitted = submitted;
    this.#makeWorkload = makeWorkload;
    this.#workload = workload;
    this.#wallClock = wallClock;
    this.statusSince = submitted.at;
  }

  /** Null until workers that fit are there. */
  get pin(): Pin | null {
    return this.#pin;
  }
  set pin(pin: Pin | null) {
    this.#pin = pin;
    this.#noteStatus();
  }

  get isMerging(): boolean {
    return this.#isMerging;
  }
  set isMerging(isMerging: boolean) {
    this.#isMerging = isMerging;
    this.#noteStatus();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }
  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused;
    this.#noteStatus();
  }

  get ended(): EndedRecord | null {
    return this.#ended;
  }
  set ended(ended: EndedRecord | null) {
    this.#ended = ended;
    this.#noteStatus();
    if (ended !== null) this.statusSince = ended.at;
  }

  /** Numerics class of its tasks; empty while it waits for a worker. */
  get pool(): string {
    return this.#pin?.pool ?? '';
  }

  get id(): string {
    return this.submitted.run;
  }

  get workload(): Workload {
    this.#workload ??= this.#makeWorkload(this.submitted);
    return this.#workload;
  }

  /** Leaves the plan of a run that is over to the garbage collector. */
  dropWorkload(): void {
    this.#workload = undefined;
    this.boundTasks.clear();
  }

  get status(): RunStatus {
    if (this.ended !== null) return this.ended.status;
    if (this.isMerging) return 'merging';
    if (this.isPaused) return 'paused';
    return this.#pin === null ? 'waiting' : 'running';
  }

  #noteStatus(): void {
    if (this.status === this.#lastStatus) return;
    this.#lastStatus = this.status;
    this.statusSince = this.#wallClock().toISOString();
  }

  /** A task with its keys, once the facts that it needs are known. */
  bind(task: number): BoundWork {
    let bound = this.boundTasks.get(task);
    if (bound === undefined) {
      bound = this.workload.bind(task, this.pool);
      this.boundTasks.set(task, bound);
    }
    return bound;
  }
}
