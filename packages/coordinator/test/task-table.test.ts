import { describe, expect, it } from 'vitest';
import { DEFAULT_LEDGER_SETTINGS, Ledger } from '../src/index.js';
import { type LedgerTask, TaskTable } from '../src/ledger/task-table.js';

const task = (needs: readonly string[] = [], priority = 1): LedgerTask => ({
  needs,
  priority,
  kind: 'score',
});

describe('a column of the task table', () => {
  it.each([256, -1, 1.5, Number.NaN])('refuses a priority of %s', (priority) => {
    expect(() => new TaskTable([task(), task([], priority)])).toThrow(
      expect.objectContaining({ code: 'internal', message: expect.stringMatching(/^task 1: priority is/) }),
    );
  });

  it('counts more needs than 16 bits hold', () => {
    const needs = Array.from({ length: 65_537 }, (_, i) => `fit ${i}`);
    const table = new TaskTable([task(needs)]);
    expect(table.isFree(0)).toBe(false);
    for (const need of needs.slice(1)) expect(table.satisfy(need)).toEqual([]);
    expect(table.satisfy('fit 0')).toEqual([0]);
  });

  it('keeps counts beyond 8 bits, and refuses those that it cannot hold', () => {
    const table = new TaskTable([task()]);
    table.setFailures(0, 300);
    table.setLosses(0, 300);
    table.setAttempts(0, 70_000);
    expect([table.failures(0), table.losses(0), table.attempts(0)]).toEqual([300, 300, 70_000]);
    for (const wrong of [65_536, -1, 0.5]) {
      expect(() => table.setFailures(0, wrong)).toThrow(/failures is/);
      expect(() => table.setLosses(0, wrong)).toThrow(/losses is/);
    }
    expect(() => table.setAttempts(0, 2 ** 32)).toThrow(/attempts is 4294967296/);
    expect([table.failures(0), table.losses(0), table.attempts(0)]).toEqual([300, 300, 70_000]);
  });
});

it('a task that a run does not have is an error, and no task that waits', () => {
  const table = new TaskTable([task()]);
  const wrong = { code: 'internal', message: expect.stringContaining('a run has no task 1') };
  const reads = [
    () => table.state(1),
    () => table.kind(1),
    () => table.priority(1),
    () => table.attempts(1),
    () => table.failures(1),
    () => table.losses(1),
    () => table.setState(1, 'done'),
  ];
  for (const read of reads) expect(read).toThrow(expect.objectContaining(wrong));
  expect(table.counts()).toMatchObject({ waiting: 1, done: 0 });
});

describe('a task that keeps failing where others could take it', () => {
  it('is quarantined by its three-hundredth failure, which 8 bits could not count', () => {
    const settings = { ...DEFAULT_LEDGER_SETTINGS, maxFailures: 300, backoffMs: 0, maxBackoffMs: 0 };
    const ledger = new Ledger({ settings, jitter: () => 0 });
    ledger.addRun({ id: 'r', pool: 'p', priority: 0, tasks: [task()] });
    const failure = { code: 'unavailable', message: 'why', isRetryable: true, logTail: '' } as const;
    for (let attempt = 1; attempt <= 300; attempt++) {
      expect(ledger.run('r')?.tasks.state(0)).toBe('ready');
      const ref = { run: 'r', task: 0, attempt, token: `t${attempt}` };
      ledger.apply({ kind: 'leased', worker: 'w', ...ref }, attempt);
      ledger.apply({ kind: 'failed', ...ref, failure }, attempt);
    }
    expect(ledger.run('r')?.tasks.state(0)).toBe('quarantined');
  });
});
