import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OodError, SyntheticTask } from '@oodgrid/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
// Built: its executors are programs.
import { ExecutorPool } from '../dist/executor/executor-pool.js';
import { TASK } from './conversation.js';

let folder: string;
let pool: ExecutorPool;
/** What came of tasks, in order. */
let events: string[];
let crashes: OodError[];
let hopeless: OodError[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-pool-'));
  events = [];
  crashes = [];
  hopeless = [];
});
afterEach(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

function open(more: { executors?: number; stallMs?: number; blobsDir?: string } = {}): void {
  const { executors = 1, stallMs = 60_000, blobsDir = folder } = more;
  pool = new ExecutorPool({
    executors,
    stallMs,
    settings: { blobsDir, cacheDir: folder, engine: 'none' },
    receive: (message) => {
      if (message.kind !== 'chunk' && message.kind !== 'progress')
        events.push(`${message.kind} ${message.token}`);
    },
    crashed: (token, problem) => {
      events.push(`crashed ${token}`);
      crashes.push(problem);
    },
    line: () => undefined,
    onHopeless: (error) => hopeless.push(error),
  });
}
const task = (more: Partial<SyntheticTask> = {}): SyntheticTask => ({ ...TASK, ...more });
const come = (count: number) => expect.poll(() => events.length, { timeout: 20_000 }).toBe(count);

describe('executors', () => {
  it('that crash are replaced: the task under which one fell is told, those that waited behind it are done by the next', async () => {
    open();
    await pool.loaded();
    const [former] = pool.pids;
    pool.start('a', task());
    // Three in a row are three bad tasks, and no engine that cannot be loaded.
    for (const token of ['b', 'c', 'd']) pool.start(token, task({ fault: 'crash' }));
    pool.start('e', task());
    await come(5);
    expect(events).toEqual(['done a', 'crashed b', 'crashed c', 'crashed d', 'done e']);
    expect(crashes[0]).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/crashed with SIGSEGV/),
    });
    expect(pool.pids).toHaveLength(1);
    expect(pool.pids[0]).not.toBe(former);
    expect(hopeless).toEqual([]);
  }, 30_000);

  it('that show no sign of life with a task are killed and replaced; those without one may be silent', async () => {
    open({ stallMs: 400 });
    await pool.loaded();
    const silent = pool.pids;
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(pool.pids).toEqual(silent);
    pool.start('a', task({ fault: 'hang' }));
    await come(1);
    expect(events).toEqual(['crashed a']);
    expect(crashes[0]).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/hung: no sign of life/),
    });
    pool.start('b', task());
    await come(2);
    expect(events).toEqual(['crashed a', 'done b']);
  }, 30_000);

  it('that somebody kills are told as killed, which lack of memory does', async () => {
    open();
    await pool.loaded();
    pool.start('a', task({ milliseconds: 20_000 }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    process.kill(pool.pids[0] ?? 0, 'SIGKILL');
    await come(1);
    expect(crashes[0]).toMatchObject({
      code: 'resource-exhausted',
      message: expect.stringMatching(/killed \(out of memory\?\)/),
    });
  }, 30_000);

  it('share tasks: each goes to the one that has the least to do', async () => {
    open({ executors: 2 });
    await pool.loaded();
    // One by one, the third would come last.
    pool.start('a', task({ milliseconds: 1500 }));
    pool.start('b', task({ milliseconds: 10 }));
    await come(1);
    pool.start('c', task({ milliseconds: 10 }));
    await come(3);
    expect(events).toEqual(['done b', 'done c', 'done a']);
  }, 30_000);

  it('stop a task that is running, and one that waits', async () => {
    open();
    await pool.loaded();
    pool.start('a', task({ milliseconds: 20_000 }));
    pool.start('b', task());
    pool.stop('b');
    pool.stop('a');
    await come(2);
    expect(events).toEqual(['stopped a', 'stopped b']);
  }, 30_000);

  it('that end before they have loaded are not started for ever: that is hopeless, and said why', async () => {
    // Settings that an executor refuses.
    open({ blobsDir: '' });
    await expect(pool.loaded()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/executors keep dying before they have loaded: .*blobsDir/s),
    });
    expect(hopeless).toHaveLength(1);
    expect(pool.pids).toEqual([]);
  }, 30_000);

  it('end with their pool', async () => {
    open({ executors: 2 });
    await pool.loaded();
    const { pids } = pool;
    await pool.close();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    expect(events).toEqual([]);
  }, 30_000);
});
