import type { Digest, OodError } from '@oodgrid/contract';
import type { CoordinatorOptions } from './coordinator-options.js';
import type { Dispatcher } from './dispatch/dispatcher.js';
import type { RunState } from './dispatch/run-state.js';
import type { Store } from './store/store.js';

export interface BackgroundWorkOptions
  extends Pick<CoordinatorOptions, 'environment' | 'compute' | 'merge' | 'blobs' | 'onStore'> {
  readonly store: Store;
  /** Changes the dispatcher that the work is for; does nothing when that one is no longer in use. */
  readonly enter: (work: (dispatcher: Dispatcher, now: number) => void) => void;
}

/** Delay after which work that failed because of its surroundings is done again. */
const RETRY_MS = 1000;

/** Slow work of a dispatcher, done outside its turn: choices, merges and checks of blobs. Outcomes come back through `enter`. */
export class BackgroundWork {
  readonly #options: BackgroundWorkOptions;

  constructor(options: BackgroundWorkOptions) {
    this.#options = options;
  }

  compute(run: RunState, id: string): void {
    const { compute, store } = this.#options;
    compute(run, id, store, (outcome) =>
      this.#enter(run, (dispatcher, now) => {
        if ('value' in outcome) dispatcher.computed(run.id, id, outcome.value, now);
        else this.#failed(dispatcher, run, outcome.problem, () => this.compute(run, id));
      }),
    );
  }

  merge(run: RunState): void {
    const { merge, store } = this.#options;
    merge(run, store, (outcome) =>
      this.#enter(run, (dispatcher) => {
        if ('value' in outcome) dispatcher.end(run.id, { result: outcome.value });
        else this.#failed(dispatcher, run, outcome.problem, () => this.merge(run));
      }),
    );
  }

  /** A blob that cannot be read counts as missing. */
  checkBlob(blob: Digest): void {
    const { blobs, enter } = this.#options;
    blobs.check(blob, (outcome) =>
      enter((dispatcher, now) => dispatcher.blobChecked(blob, 'value' in outcome && outcome.value, now)),
    );
  }

  /** A full disk and a store of blobs that is away pass: what they kept from being done is done again. Anything else ends the run. */
  #failed(dispatcher: Dispatcher, run: RunState, problem: OodError, again: () => void): void {
    const { onStore, environment } = this.#options;
    if (problem.code !== 'resource-exhausted' && problem.code !== 'unavailable') {
      dispatcher.end(run.id, { problem });
      return;
    }
    onStore(problem, run.id);
    environment.later(() => this.#enter(run, again), RETRY_MS);
  }

  /** Nothing for a run that is gone, or was moved to another class, meanwhile. */
  #enter(run: RunState, work: (dispatcher: Dispatcher, now: number) => void): void {
    this.#options.enter((dispatcher, now) => {
      if (dispatcher.runs.get(run.id) === run) work(dispatcher, now);
    });
  }
}
