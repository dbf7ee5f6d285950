import { expect, it } from 'vitest';
import { Desk, SPEC, submission } from './desk.js';

it('a coordinator that was not started for tests refuses a synthetic run', () => {
  const desk = new Desk();
  desk.isSyntheticAllowed = false;
  desk.restart();
  expect(() => desk.submit(submission('run', { spec: { ...SPEC, fault: 'crash' } }))).toThrow(/takes grids/);
  expect(desk.journal).toEqual([]);
});

it('and ends those of its store, which a former process took, without handing out any of their tasks', () => {
  const desk = new Desk();
  desk.join('w');
  const pinned = desk.submit(submission('pinned', { spec: { ...SPEC, fault: 'crash' } }));
  desk.dispatcher.disconnected(desk.join('w'), desk.now);
  const waiting = desk.submit(submission('waiting', { pool: 'another' }));
  desk.isSyntheticAllowed = false;
  desk.queue = [];
  desk.restart();
  desk.settle();
  const worker = desk.join('w');
  desk.join('o', { pool: 'another' });
  desk.ask(worker, pinned, 0, 1);
  for (const run of [pinned, waiting]) {
    expect(desk.dispatcher.runs.get(run)?.ended).toMatchObject({
      status: 'failed',
      problem: { message: expect.stringMatching(/synthetic runs are for tests/) },
    });
  }
  expect([worker.leases(), desk.queue]).toEqual([[], []]);
});
