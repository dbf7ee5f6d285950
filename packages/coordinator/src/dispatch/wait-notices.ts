import type { BatchBuilder } from './batch.js';
import type { RunRegistry } from './run-registry.js';
import type { RunState } from './run-state.js';

export interface WaitNoticesOptions {
  readonly registry: Pick<RunRegistry, 'all'>;
  readonly batch: Pick<BatchBuilder, 'emit'>;
  /** Why no worker computes what a run has left; empty where some does. */
  readonly reasonOf: (run: RunState) => string;
}

/** Workers that start, or come back, are there within this time: a run that waits no longer than that is not worth a line. */
const TOLD_AFTER_MS = 5000;

/** Tells watchers and the operator of runs that wait for a worker, once, and once more when they go on. */
export class WaitNotices {
  readonly #options: WaitNoticesOptions;
  readonly #waiting = new Map<string, { readonly since: number; isTold: boolean }>();

  constructor(options: WaitNoticesOptions) {
    this.#options = options;
  }

  tick(now: number): void {
    const { registry, reasonOf } = this.#options;
    for (const id of this.#waiting.keys()) if (registry.all.get(id)?.ended !== null) this.#waiting.delete(id);
    for (const run of registry.all.values()) {
      if (run.ended === null) this.#look(run, reasonOf(run), now);
    }
  }

  #look(run: RunState, reason: string, now: number): void {
    const known = this.#waiting.get(run.id);
    if (reason === '') {
      this.#waiting.delete(run.id);
      if (known?.isTold === true) this.#options.batch.emit(run.id, { kind: 'waits', reason });
    } else if (known === undefined) this.#waiting.set(run.id, { since: now, isTold: false });
    else if (!known.isTold && now - known.since >= TOLD_AFTER_MS) {
      known.isTold = true;
      this.#options.batch.emit(run.id, { kind: 'waits', reason });
    }
  }
}
