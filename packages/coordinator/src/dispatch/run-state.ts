import type { WorkCounts } from '@oodgrid/protocol';
import type { WorkerInfo } from '@oodgrid/transport';
import type { EndedRecord, SubmittedRecord } from '../store/journal-record.js';
import type { BoundWork, Workload } from '../workload/workload.js';

export type RunStatus = 'waiting' | 'running' | 'paused' | 'merging' | EndedRecord['status'];

/** The numerics class of a run, and the engine that stands for it. */
export interface Binding {
  readonly pool: string;
  readonly engine: WorkerInfo['engine'];
}

/** One run as the dispatcher knows it, beside its tasks in the ledger. */
export class RunState {
  readonly submitted: SubmittedRecord;
  /** Null until a worker that fits is there. */
  bound: Binding | null = null;
  /** Planned when first needed: a run that ended long ago never is. */
  #workload: Workload | undefined;
  readonly #makeWorkload: (submitted: SubmittedRecord) => Workload;
  readonly boundTasks = new Map<number, BoundWork>();
  /** Choices that are being made. */
  openComputations = 0;
  isMerging = false;
  isPaused = false;
  ended: EndedRecord | null = null;
  work: WorkCounts = { images: 0, forwards: 0, gradients: 0 };
  reusedUnits = 0;

  constructor(submitted: SubmittedRecord, makeWorkload: (submitted: SubmittedRecord) => Workload) {
    this.submitted = submitted;
    this.#makeWorkload = makeWorkload;
  }

  /** Numerics class of its tasks; empty while it waits for a worker. */
  get pool(): string {
    return this.bound?.pool ?? '';
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
    return this.bound === null ? 'waiting' : 'running';
  }

  bind(task: number): BoundWork {
    let bound = this.boundTasks.get(task);
    if (bound === undefined) {
      bound = this.workload.bind(task, this.pool);
      this.boundTasks.set(task, bound);
    }
    return bound;
  }
}
