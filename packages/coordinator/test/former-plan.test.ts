import type { ResolvedGrid, RunSpec } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { compactJournal, type JournalRecord, planGrid } from '../src/index.js';
import { planIdentity } from '../src/planner/plan-identity.js';
import { Desk, submission } from './desk.js';
import { smallGrid } from './small-plan.js';

const gridOf = (grid: ResolvedGrid): RunSpec => ({ kind: 'grid', grid, slice: 512 });
const submitted = (run: string, more = {}) =>
  submission(run, { spec: gridOf({ ...smallGrid(), memoryBytes: { m: 0, other: 0 } }), ...more });
const runOf = (desk: Desk, run = 'run') => {
  const found = desk.dispatcher.runs.get(run);
  if (found === undefined) throw new Error('the run was submitted');
  return found;
};
const endsOf = (desk: Desk, run = 'run') =>
  desk.journal.filter((record) => record.kind === 'ended' && record.run === run);

/** The journal as if another version of the coordinator had begun the run. */
function changeJournal(desk: Desk, change: (record: JournalRecord) => JournalRecord, run = 'run'): void {
  desk.journal.splice(
    0,
    Number.POSITIVE_INFINITY,
    ...desk.journal.map((record) => (record.run === run ? change(record) : record)),
  );
}
const ofOtherPlan = (record: JournalRecord): JournalRecord =>
  record.kind === 'pinned' ? { ...record, plan: '0-other' } : record;
const ofNoPlan = (record: JournalRecord): JournalRecord => {
  if (record.kind !== 'pinned') return record;
  const { plan: _plan, ...older } = record;
  return older;
};

/** Two runs that one worker has begun. */
function begun(): Desk {
  const desk = new Desk();
  const worker = desk.join('w', { slots: 8 });
  desk.submit(submitted('run', { idempotencyKey: 'key' }));
  desk.submit(submission('other'));
  desk.ask(worker, 'run', 0, 1);
  desk.ask(worker, 'other', 0, 1);
  return desk;
}

describe('a run that another version of the coordinator has begun', () => {
  it.each([
    ['planned otherwise', ofOtherPlan],
    ['before plans were journalled', ofNoPlan],
  ])('%s, fails and says what to do; others go on', (_how, change) => {
    const desk = begun();
    changeJournal(desk, change);
    desk.restart();
    desk.settle();
    expect(runOf(desk)).toMatchObject({
      status: 'failed',
      ended: {
        problem: {
          code: 'conflict',
          message: expect.stringMatching(
            /"run" was begun by another version of the coordinator.*submit the grid again: scores that are stored/,
          ),
        },
      },
    });
    expect(desk.events).toContainEqual(expect.objectContaining({ kind: 'ended', status: 'failed' }));
    expect(desk.dispatcher.ledger.run('run')).toBeUndefined();
    expect(runOf(desk, 'other').status).toBe('running');
    expect(desk.dispatcher.ledger.run('other')?.tasks.count('running')).toBe(2);
    expect(() => desk.dispatcher.retry('run')).toThrow(/submit the grid again/);
    // What was said is said, over the next restart and over a snapshot as well.
    desk.restart();
    desk.settle();
    expect(endsOf(desk)).toHaveLength(1);
    desk.journal.splice(0, Number.POSITIVE_INFINITY, ...compactJournal(desk.dispatcher, desk.journal));
    desk.restart();
    desk.settle();
    expect(endsOf(desk)).toHaveLength(1);
    expect(runOf(desk).status).toBe('failed');
  });

  it('may be submitted again under the same key, or moved, and is planned anew', () => {
    const desk = begun();
    changeJournal(desk, ofOtherPlan);
    desk.restart();
    desk.settle();
    const { run } = desk.dispatcher.submit(submitted('again', { idempotencyKey: 'key' }), desk.now);
    desk.join('late', { pool: 'other' });
    desk.dispatcher.move('run', 'other', desk.now);
    desk.settle();
    expect(run).toBe('again');
    for (const id of ['again', 'run']) expect(runOf(desk, id).status).toBe('running');
    desk.restart();
    desk.settle();
    for (const id of ['again', 'run']) expect(runOf(desk, id).status).toBe('running');
  });

  it('goes on where it is planned as it was', () => {
    const desk = begun();
    desk.restart();
    desk.settle();
    expect(runOf(desk).status).toBe('running');
    expect(desk.dispatcher.ledger.run('run')?.tasks.count('running')).toBe(2);
  });

  it('is planned anew where nothing of it was begun', () => {
    const desk = new Desk();
    desk.submit(submitted('run'));
    desk.restart();
    desk.join('w');
    expect(runOf(desk).status).toBe('running');
  });
});

describe('a run that this version cannot plan', () => {
  // As a stricter planner would see it.
  const unplannable = (record: JournalRecord): JournalRecord =>
    record.kind === 'submitted' && record.spec.kind === 'grid'
      ? { ...record, spec: { ...record.spec, slice: 500 } }
      : record;

  it.each([
    ['begun', true],
    ['not begun', false],
  ])('%s, fails and says why; the coordinator starts, and others go on', (_how, isBegun) => {
    const desk = new Desk();
    if (isBegun) desk.join('w');
    desk.submit(submitted('run'));
    desk.submit(submission('other'));
    changeJournal(desk, unplannable);
    desk.restart();
    desk.join('late');
    expect(runOf(desk).ended?.problem?.message).toMatch(
      /cannot plan it: .*500 is not a multiple.*submit the grid/,
    );
    expect(runOf(desk, 'other').status).toBe('running');
  });

  it('does not matter where it is done', () => {
    const desk = new Desk();
    desk.join('w');
    desk.submit(submitted('run'));
    desk.dispatcher.cancel('run');
    desk.settle();
    changeJournal(desk, unplannable);
    desk.restart();
    desk.settle();
    expect(runOf(desk).ended?.status).toBe('cancelled');
    expect(endsOf(desk)).toHaveLength(1);
  });
});

describe('the identity of a plan', () => {
  const of = (grid: ResolvedGrid, slice = 512) => planIdentity(planGrid(grid, slice));

  it('is the same for the same grid, whatever people call its rows', () => {
    const grid = smallGrid();
    const named = {
      ...grid,
      name: 'other',
      rows: grid.rows.map((row) => ({ ...row, title: `${row.title}!` })),
    };
    expect(of(named)).toBe(of(smallGrid()));
  });

  it('changes with what a task computes, with the slices, and with the order of the tasks', () => {
    const grid = smallGrid();
    const { tasks } = planGrid(grid, 512);
    const [first, second, ...rest] = tasks;
    if (first === undefined || second === undefined) throw new Error('the plan has tasks');
    const otherSeed = of({ ...grid, seed: grid.seed + 1 });
    const all = [of(grid), of(grid, 1024), otherSeed, planIdentity({ tasks: [second, first, ...rest] })];
    expect(new Set(all).size).toBe(all.length);
  });
});
