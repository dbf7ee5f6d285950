import { DEFAULT_LEDGER_SETTINGS, Ledger, type LedgerSettings } from '../src/index.js';
import type { LedgerTask } from '../src/ledger/task-table.js';

const SETTINGS: LedgerSettings = {
  ...DEFAULT_LEDGER_SETTINGS,
  leaseMs: 1000,
  backoffMs: 100,
  maxBackoffMs: 300,
};
const JITTER = 0.5;

export const score = (...needs: string[]): LedgerTask => ({ needs, priority: 1, kind: 'score' });

/** A ledger with one run `r` in pool `p`. */
export function ledgerOf(tasks: readonly LedgerTask[], settings: Partial<LedgerSettings> = {}) {
  const ledger = new Ledger({ settings: { ...SETTINGS, ...settings }, jitter: () => JITTER });
  ledger.addRun({ id: 'r', pool: 'p', priority: 0, tasks });
  return ledger;
}

export const PROBLEM = { code: 'unavailable', message: 'why', isRetryable: true, logTail: 'tail' } as const;

/** Offers what is next and leases it. */
export function lease(ledger: Ledger, now = 0, worker = 'w') {
  const next = ledger.pools.peekNext('p');
  if (next === undefined) throw new Error('nothing is ready');
  const { run, task } = next;
  const offer = ledger.offer(run, task, now);
  const ref = { run, task, attempt: offer?.attempt ?? 0, token: `${run}/${task}/${now}/${worker}` };
  ledger.apply({ kind: 'leased', worker, ...ref }, now);
  return ref;
}

export const counts = (ledger: Ledger, run = 'r') => ledger.run(run)?.tasks.counts();
export const stateOf = (ledger: Ledger, task: number, run = 'r') => ledger.run(run)?.tasks.state(task);
