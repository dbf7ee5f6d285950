import { OodError } from '@oodgrid/contract';
import type { Ledger } from '../ledger/ledger.js';
import type { EndedRecord } from '../store/journal-record.js';
import type { JournaledLedger } from './journaled-ledger.js';
import type { RunRegistry } from './run-registry.js';

export interface RunControlOptions {
  readonly registry: Pick<RunRegistry, 'get' | 'active' | 'find' | 'end' | 'markFetched' | 'forget'>;
  readonly journal: Pick<JournaledLedger, 'apply'>;
  readonly ledger: Pick<Ledger, 'run'>;
}

/** Operations of users on runs. Each throws `not-found` for an unknown id. */
export class RunControl {
  readonly #options: RunControlOptions;

  constructor(options: RunControlOptions) {
    this.#options = options;
  }

  /** Throws `invalid-input` for a run that has ended, as `pause` and `resume` do. */
  cancel(id: string): void {
    const { registry, journal } = this.#options;
    const run = registry.active(id);
    journal.apply({ kind: 'cancelled', run: id }, 0);
    registry.end(run, 'cancelled', null, { code: 'cancelled', message: 'cancelled by a user' });
  }

  pause(id: string): void {
    this.#options.registry.active(id).isPaused = true;
    this.#options.journal.apply({ kind: 'paused', run: id }, 0);
  }

  resume(id: string): void {
    this.#options.registry.active(id).isPaused = false;
    this.#options.journal.apply({ kind: 'resumed', run: id }, 0);
  }

  /** Makes failed and quarantined tasks ready again and returns their number. */
  retry(id: string): number {
    const { registry, journal, ledger } = this.#options;
    const run = registry.get(id);
    if (run.planProblem !== null) throw new OodError(run.planProblem.code, run.planProblem.message);
    const tasks = ledger.run(id)?.tasks;
    const count = (tasks?.count('failed') ?? 0) + (tasks?.count('quarantined') ?? 0);
    if (count === 0) return 0;
    run.ended = null;
    journal.apply({ kind: 'retried', run: id }, 0);
    return count;
  }

  /** Somebody has written the results of a run down. Throws `invalid-input` for one that has none. */
  markFetched(id: string): void {
    const run = this.#options.registry.get(id);
    if (run.status !== 'done')
      throw new OodError('invalid-input', `run "${id}" has no results: ${run.status}`);
    this.#options.registry.markFetched(run);
  }

  /** Removes a run that has ended. Throws `invalid-input` for another. */
  forget(id: string): void {
    const run = this.#options.registry.get(id);
    if (run.ended === null) throw new OodError('invalid-input', `run "${id}" is not over`);
    this.#options.registry.forget(run);
  }

  /** A run was merged, or could not be. Nothing for one that has ended meanwhile. */
  end(
    id: string,
    outcome: { readonly result: EndedRecord['result'] } | { readonly problem: OodError },
  ): void {
    const { registry, journal } = this.#options;
    const run = registry.find(id);
    if (run === undefined || run.ended !== null) return;
    if ('result' in outcome) registry.end(run, 'done', outcome.result, null);
    else {
      const { code, message } = outcome.problem;
      journal.apply({ kind: 'cancelled', run: id }, 0);
      registry.end(run, 'failed', null, { code, message });
    }
  }
}
