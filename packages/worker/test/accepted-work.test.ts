import type { SyntheticTask } from '@oodgrid/contract';
import { describe, expect, it, vi } from 'vitest';
import { gridsOnly, syntheticOnly } from '../src/executor/accepted-work.js';
import { Executor } from '../src/executor/executor.js';
import type { FromExecutor } from '../src/executor/messages.js';
import { digest, gridTask } from './tasks.js';

const NOTHING = {
  fitted: [],
  work: { images: 0, forwards: 0, gradients: 0 },
  inputs: { hits: 0, misses: 0 },
};
const crash: SyntheticTask = {
  kind: 'synthetic',
  of: 'score',
  key: digest('1'),
  seed: 1,
  rows: 1,
  milliseconds: 0,
  fault: 'crash',
};
const blobs = {
  put: async () => digest('2'),
  get: async () => new Uint8Array(),
  has: async () => true,
};

/** What an executor says of one task. */
async function said(compute: ConstructorParameters<typeof Executor>[0]['compute'], task: typeof crash) {
  const messages: FromExecutor[] = [];
  const executor = new Executor({ compute, blobs, send: (message) => messages.push(message) });
  executor.receive({ kind: 'start', token: 't', task });
  await vi.waitFor(() => expect(messages).not.toEqual([]));
  return messages;
}

describe('an executor that was started with an engine', () => {
  it('computes grids, and refuses a synthetic task without touching it', async () => {
    const compute = vi.fn(async () => NOTHING);
    const accepted = gridsOnly(compute);
    await expect(accepted(gridTask, {} as never)).resolves.toBe(NOTHING);
    expect(await said(accepted, crash)).toMatchObject([
      { kind: 'failed', token: 't', code: 'invalid-input', origin: 'task' },
    ]);
    expect(compute).toHaveBeenCalledTimes(1);
  });
});

describe('an executor that was started for tests', () => {
  it('computes synthetic tasks, and no grid', async () => {
    const compute = vi.fn(async () => NOTHING);
    const accepted = syntheticOnly(compute);
    expect(await said(accepted, crash)).toMatchObject([{ kind: 'done' }]);
    await expect(accepted(gridTask, {} as never)).rejects.toMatchObject({ code: 'engine-missing' });
    expect(compute).toHaveBeenCalledTimes(1);
  });
});
