import type { JournalRecord } from '../store/journal-record.js';
import type { Dispatcher } from './dispatcher.js';

/** Kinds that a snapshot replaces by the state that they led to. */
const FOLDED: ReadonlySet<JournalRecord['kind']> = new Set([
  'leased',
  'failed',
  'handed-back',
  'suspected',
  'released',
  'expired',
  'paused',
  'resumed',
  'retried',
  'fetched',
  'history',
]);

/**
 * The shortest journal that replays to the dispatcher's state: of runs that are done or cancelled only how
 * they came and how they ended; of the others every result, and of each task that is not done what its
 * attempts came to. `dispatcher` has replayed all of `records`.
 */
export function* compactJournal(
  dispatcher: Dispatcher,
  records: Iterable<JournalRecord>,
): Generator<JournalRecord> {
  const journal = [...records];
  // What a run was before it was moved does not count.
  const movedAt = new Map<string, number>();
  for (const [i, { kind, run }] of journal.entries()) if (kind === 'moved') movedAt.set(run, i);
  for (const [i, record] of journal.entries()) {
    if (record.kind !== 'submitted' && i < (movedAt.get(record.run) ?? 0)) continue;
    const run = dispatcher.runs.get(record.run);
    if (run === undefined || FOLDED.has(record.kind)) continue;
    if (record.kind === 'submitted') yield record;
    else if (record.kind === 'ended') {
      if (run.ended?.at === record.at) yield record;
    } else if (run.ended === null || run.ended.status === 'failed') {
      if (record.kind !== 'completed') yield record;
      else {
        const { attempt: _attempt, token: _token, ...report } = record;
        yield { ...report, kind: 'done' };
      }
    }
  }
  for (const run of dispatcher.runs.values()) {
    if (run.isFetched) yield { kind: 'fetched', run: run.id };
    const state = dispatcher.ledger.run(run.id);
    if (state !== undefined) yield* state.history();
    if (run.isPaused && (run.ended === null || state !== undefined)) yield { kind: 'paused', run: run.id };
  }
}
