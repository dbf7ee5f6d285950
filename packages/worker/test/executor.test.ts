import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, OodError, sha256 } from '@oodgrid/contract';
import { FolderBlobStore } from '@oodgrid/transport';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AttemptError } from '../src/attempt-error.js';
import { Executor, type ExecutorOptions } from '../src/executor/executor.js';
import type { FromExecutor } from '../src/executor/messages.js';
import { NO_INPUTS, NO_WORK, TASK } from './conversation.js';

type Compute = ExecutorOptions['compute'];
const OUTCOME = { fitted: [], work: NO_WORK, inputs: NO_INPUTS };

let folder: string;
let said: FromExecutor[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-executor-'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const blobs = () => new FolderBlobStore(folder);
const executor = (compute: Compute) =>
  new Executor({ compute, blobs: blobs(), send: (one) => said.push(one) });
const start = (one: Executor, ...tokens: string[]) => {
  for (const token of tokens) one.receive({ kind: 'start', token, task: TASK });
};
const settled = async () => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
};
const kinds = () => said.map((one) => ('token' in one ? `${one.kind} ${one.token}` : one.kind));
const chunk = (offsetRows: number) => ({
  key: TASK.key,
  offsetRows,
  rows: 1,
  columns: 1,
  data: Float32Array.of(offsetRows),
});

describe('an executor', () => {
  it('computes one task after the other, in the order in which they came, whatever becomes of each', async () => {
    const open: (() => void)[] = [];
    let running = 0;
    const one = executor(async () => {
      expect(++running).toBe(1);
      await new Promise<void>((resolve) => open.push(resolve));
      running--;
      if (open.length === 2) throw new Error('the second one fails');
      return OUTCOME;
    });
    start(one, 'a', 'b', 'c');
    for (const place of [0, 1, 2]) {
      await settled();
      open[place]?.();
    }
    await settled();
    expect(kinds()).toEqual(['done a', 'failed b', 'done c']);
  });

  it('does not begin what was stopped before its turn, and ends what is running at the next batch', async () => {
    const begun: number[] = [];
    const one = executor(async (_task, io) => {
      begun.push(begun.length);
      for (let i = 0; ; i++) {
        await new Promise(setImmediate);
        await io.emit(chunk(i));
        one.receive({ kind: 'ready', token: 'a' });
      }
    });
    start(one, 'a', 'b');
    await settled();
    one.receive({ kind: 'stop', token: 'b' });
    one.receive({ kind: 'stop', token: 'a' });
    await settled();
    expect(begun).toEqual([0]);
    expect(kinds().slice(-2)).toEqual(['stopped a', 'stopped b']);
  });

  it('tells a computation that waits for something that it is stopped', async () => {
    const one = executor((_task, io) => {
      return new Promise((_resolve, reject) => {
        io.signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    });
    start(one, 'a');
    await settled();
    one.receive({ kind: 'stop', token: 'a' });
    await settled();
    expect(kinds()).toEqual(['stopped a']);
  });

  it('waits after eight chunks that nobody took, and goes on four further for each time that it is told', async () => {
    const one = executor(async (_task, io) => {
      for (let i = 0; i < 20; i++) await io.emit(chunk(i));
      return OUTCOME;
    });
    const count = () => said.filter(({ kind }) => kind === 'chunk').length;
    start(one, 'a');
    await settled();
    expect(count()).toBe(8);
    one.receive({ kind: 'ready', token: 'a' });
    await settled();
    expect(count()).toBe(12);
    // Every fourth asks.
    const asks = said.flatMap((one, i) => (one.kind === 'chunk' && one.wantsReady ? [i] : []));
    expect(asks.length).toBe(count() / 4);
    for (let i = 0; i < 3; i++) one.receive({ kind: 'ready', token: 'a' });
    await settled();
    expect(kinds().at(-1)).toBe('done a');
  });
});

describe('a failure', () => {
  const failureOf = async (compute: Compute) => {
    start(executor(compute), 'a');
    await expect.poll(() => said.length).toBe(1);
    return said[0];
  };

  it.each(['Array buffer allocation failed', 'OOM when allocating tensor', 'std::bad_alloc'])(
    'by memory is told as that, with what to do: %s',
    async (message) => {
      expect(await failureOf(() => Promise.reject(new RangeError(message)))).toMatchObject({
        kind: 'failed',
        code: 'resource-exhausted',
        origin: 'task',
        message: expect.stringMatching(/^out of memory with \d+ MiB in use: .*give the worker more memory/),
      });
    },
  );

  it("of a blob of the folder is the worker's own and names the blob", async () => {
    const store = blobs();
    const digest = await store.put(new TextEncoder().encode('weights'));
    writeFileSync(store.path(digest), 'damaged');
    const read =
      (wanted: Digest): Compute =>
      async (_task, io) => {
        await io.blob(wanted);
        return OUTCOME;
      };
    expect(await failureOf(read(digest))).toMatchObject({
      code: 'corrupt-data',
      origin: 'worker',
      blob: digest,
    });
    said = [];
    const missing = sha256('missing');
    expect(await failureOf(read(missing))).toMatchObject({
      code: 'not-found',
      origin: 'worker',
      blob: missing,
    });
  });

  it("of the worker's own is not taken for lack of memory, whatever its text", async () => {
    const thrown = new AttemptError(new OodError('unavailable', 'the disk is out of memory cells'), 'worker');
    expect(await failureOf(() => Promise.reject(thrown))).toMatchObject({
      code: 'unavailable',
      message: 'the disk is out of memory cells',
      origin: 'worker',
    });
  });

  it('keeps the code of what was thrown', async () => {
    const thrown = new OodError('not-finite', 'layer 3 overflows');
    expect(await failureOf(() => Promise.reject(thrown))).toMatchObject({
      code: 'not-finite',
      message: 'layer 3 overflows',
      origin: 'task',
      blob: null,
    });
  });
});
