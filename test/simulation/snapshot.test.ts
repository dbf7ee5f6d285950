import {
  compactJournal,
  DEFAULT_LEDGER_SETTINGS,
  Dispatcher,
  type JournalRecord,
  makeWorkload,
} from '@oodgrid/coordinator';
import { expect, it } from 'vitest';
import { ratesOf } from './src/rates.js';
import { World } from './src/world.js';

function replayed(records: Iterable<JournalRecord>): Dispatcher {
  const dispatcher = new Dispatcher({
    ledger: { ...DEFAULT_LEDGER_SETTINGS, maxFailures: 250, maxLosses: 250 },
    jitter: () => 0,
    newToken: () => 'unused',
    makeWorkload,
    results: { find: () => undefined },
    publisher: { publish: () => undefined, clear: () => undefined },
    queue: 'simulated',
    gatherMs: 0,
    checkBlob: () => undefined,
    compute: () => undefined,
    merge: () => undefined,
    onEvent: () => undefined,
    wallClock: () => new Date(0),
  });
  for (const record of records) dispatcher.replay(record, 0);
  return dispatcher;
}

/** Everything that a restart must know again. */
function describeState(dispatcher: Dispatcher) {
  return [...dispatcher.runs.values()].map(({ id, status, isPaused, ended, work, reusedUnits }) => {
    const state = dispatcher.ledger.run(id);
    // Of a run that is over only the end counts.
    if (ended !== null && ended.status !== 'failed') return { id, status, ended };
    const tasks = Array.from({ length: state?.tasks.size ?? 0 }, (_, task) => ({
      state: state?.tasks.state(task),
      // Of a task that is done nobody asks how.
      history: state?.tasks.is(task, 'done')
        ? null
        : [state?.tasks.attempts(task), state?.tasks.failures(task), state?.tasks.losses(task)],
      leases: (state?.leases.get(task) ?? [])
        .map(({ attempt, token, worker }) => [attempt, token, worker])
        .sort(),
      failedOn: [...(state?.failedOn.get(task) ?? [])].sort(),
      failure: state?.tasks.is(task, 'done') ? null : (state?.lastFailure.get(task) ?? null),
    }));
    return { id, status, isPaused, ended, work, reusedUnits, tasks };
  });
}

it('a snapshot replays to the state of the whole journal, wherever it is taken, and is mostly shorter', () => {
  let shorter = 0;
  for (let seed = 0; seed < 400; seed++) {
    const world = new World(seed, ratesOf(seed));
    world.run(200 + ((seed * 97) % 6000));
    const { journal } = world;
    const whole = replayed(journal);
    const compact = [...compactJournal(whole, journal)];
    expect([seed, describeState(replayed(compact))]).toEqual([seed, describeState(whole)]);
    if (compact.length < journal.length) shorter++;
  }
  expect(shorter).toBeGreaterThan(200);
});
