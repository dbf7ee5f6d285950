import type { Failure, Lease, LedgerSettings } from './ledger-events.js';
import type { LedgerRun } from './ledger-run.js';

/** Consequence of a failure for its task: a wait of `milliseconds` from now, or none further: it is given up. */
export type Verdict =
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'give-up'; readonly state: 'failed' | 'quarantined' };

/** Failures, in multiples of `maxFailures`, after which a task does not wait for workers that have not tried it. */
const MAX_TRIES_ELSEWHERE = 3;

/**
 * Counts failures and judges what follows for the task. A failure counts where it happened: a task is given up when it failed on
 * different workers, or on all that there are; what a worker hands back because of a failure of its own is no
 * attempt of the task's.
 */
export class FailureRules {
  readonly #settings: LedgerSettings;

  constructor(settings: LedgerSettings) {
    this.#settings = settings;
  }

  /** The lease's task failed. `hasOther`: a sound worker that has not failed it could take it. */
  failed(run: LedgerRun, { task, worker }: Lease, failure: Failure, hasOther: boolean): Verdict {
    const { maxFailures } = this.#settings;
    run.lastFailure.set(task, failure);
    run.noteFailedOn(task, worker, failure.isRetryable ? 'failed' : 'for-good');
    const failures = run.tasks.failures(task) + 1;
    run.tasks.setFailures(task, failures);
    // Others may be away for long: a task that keeps failing where it can be tried does not wait for them for ever.
    const isUntried =
      hasOther && failedWorkers(run, task) < maxFailures && failures < MAX_TRIES_ELSEWHERE * maxFailures;
    // Another attempt on the same worker would only say the same again.
    if (!failure.isRetryable && !isUntried) return { kind: 'give-up', state: 'failed' };
    if (failures >= maxFailures && !isUntried) return { kind: 'give-up', state: 'quarantined' };
    return this.#wait(failures);
  }

  /** The lease's worker hands it back because of a failure of its own. */
  handedBack(run: LedgerRun, { task, worker }: Lease, failure: Failure): Verdict {
    run.lastFailure.set(task, failure);
    run.noteFailedOn(task, worker, 'handed-back');
    return this.#wait(1);
  }

  /** A hand-back was the task's fault after all. Returns null while the task may go on. */
  suspected(run: LedgerRun, task: number, failure: Failure): Verdict | null {
    const losses = this.#addLoss(run, task);
    if (losses < this.#settings.maxLosses) return null;
    run.lastFailure.set(task, failure);
    return { kind: 'give-up', state: 'quarantined' };
  }

  /** The lease was lost with its worker. */
  lost(run: LedgerRun, { task, worker, attempt }: Lease): Verdict {
    const losses = this.#addLoss(run, task);
    // The first loss says nothing of the task; from the second on it may be what kills its workers.
    if (losses < this.#settings.maxLosses)
      return losses > 1 ? this.#wait(losses - 1) : { kind: 'wait', milliseconds: 0 };
    run.lastFailure.set(task, {
      code: 'unavailable',
      message: `worker ${worker} was lost during attempt ${attempt}, as on ${losses - 1} attempts before`,
      isRetryable: true,
      logTail: '',
    });
    return { kind: 'give-up', state: 'quarantined' };
  }

  #addLoss(run: LedgerRun, task: number): number {
    const losses = run.tasks.losses(task) + 1;
    run.tasks.setLosses(task, losses);
    return losses;
  }

  /** Doubles with each failure. */
  #wait(failures: number): Verdict {
    const { backoffMs, maxBackoffMs } = this.#settings;
    return { kind: 'wait', milliseconds: Math.min(maxBackoffMs, backoffMs * 2 ** (failures - 1)) };
  }
}

/** Number of different workers that a task failed on. */
function failedWorkers(run: LedgerRun, task: number): number {
  let count = 0;
  for (const as of run.failedOn.get(task)?.values() ?? []) if (as !== 'handed-back') count++;
  return count;
}
