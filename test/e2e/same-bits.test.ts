import { dirname } from 'node:path';
import type { RunEvent } from '@oodgrid/contract';
import { metricOf, RANKED_BY, type Results, runIdSchema } from '@oodgrid/contract';
import { FolderBlobStore } from '@oodgrid/transport';
import { blobsDir, cliContext, readGrid, readTable, resolveGrid, runLocally } from 'ood-cli';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSmallGrid } from '../support/small-grid.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());

interface RunOptions {
  readonly workers: number;
  readonly slice: number;
  readonly isCacheUsed?: boolean;
  readonly memoryBytes?: number;
  readonly onEvent?: (event: RunEvent) => void;
  readonly onExecutors?: (pids: () => readonly number[]) => void;
}

describe('the same grid gives the same bits', () => {
  const context = { ...cliContext([]), cacheDir: cache.cacheDir };
  const blobs = new FolderBlobStore(blobsDir(context));
  const { signal } = new AbortController();
  let file: string;
  let reference: Results;

  const run = async ({
    workers,
    slice,
    isCacheUsed = false,
    memoryBytes = Number.MAX_SAFE_INTEGER,
    onEvent = () => undefined,
    onExecutors = () => undefined,
  }: RunOptions): Promise<Results> => {
    const { grid } = await readGrid(file, []);
    const resolved = await resolveGrid(grid, { context, baseDir: dirname(file), blobs, signal });
    const id = runIdSchema.parse(`test-${workers}-${slice}`);
    const options = { id, context, workers, memoryBytes, slice, isCacheUsed, signal, onEvent, onExecutors };
    return runLocally(resolved, { ...options, engine: 'native' }, readTable);
  };

  beforeAll(async () => {
    file = await writeSmallGrid(cache.folder, context.modelsDir);
    reference = await run({ workers: 1, slice: 2048 });
    expect(reference.environment.engine).toBe('tensorflow');
  }, 300_000);

  it('has a cell with numbers for every method', () => {
    expect(reference.cells.map(({ method }) => method)).toEqual([
      'baseline',
      'odin',
      'mahalanobis',
      'deep-ensemble',
      'mc-dropout',
      'outlier-exposure',
      'fssd',
      'fssd-plain',
    ]);
    for (const cell of reference.cells) {
      const { estimate, interval } = metricOf(cell, RANKED_BY);
      expect(estimate).toBeGreaterThan(0.6);
      expect(interval.low).toBeLessThanOrEqual(estimate);
      expect(interval.high).toBeGreaterThanOrEqual(estimate);
    }
  });

  it.each([
    [2, 512],
    [4, 2048],
  ])(
    'with %i workers and slices of %i',
    async (workers, slice) => {
      expect((await run({ workers, slice })).digest).toBe(reference.digest);
    },
    300_000,
  );

  it('with more workers than memory bears: its tasks wait for each other', async () => {
    const running = new Set<string>();
    let most = 0;
    const onEvent = (event: RunEvent) => {
      if (event.kind === 'task-started') running.add(event.taskId);
      if (event.kind === 'task-done') running.delete(event.taskId);
      most = Math.max(most, running.size);
    };
    // One task of a LeNet fits, two do not.
    const results = await run({ workers: 3, slice: 2048, memoryBytes: 2 * 1024 ** 3, onEvent });
    expect(most).toBe(1);
    expect(results.digest).toBe(reference.digest);
  }, 300_000);

  it('when an executor is killed in the middle of a task', async () => {
    let pids: () => readonly number[] = () => [];
    let failures = 0;
    let kills = 0;
    const onEvent = (event: RunEvent) => {
      if (event.kind === 'task-failed') {
        failures++;
        expect(event.willRetry).toBe(true);
        expect(event.failure.message).toMatch(/the executor was killed/);
      }
      // Once in a fit, a sweep and a score, each right after its start.
      const kind = ['fit', 'sweep', 'score'][kills];
      if (event.kind !== 'task-started' || kind === undefined || !event.taskId.includes(`-${kind}-`)) return;
      kills++;
      setTimeout(() => {
        for (const pid of pids()) process.kill(pid, 'SIGKILL');
      }, 50);
    };
    const results = await run({
      workers: 2,
      slice: 512,
      onEvent,
      onExecutors: (given) => {
        pids = given;
      },
    });
    expect(kills).toBe(3);
    expect(failures).toBeGreaterThanOrEqual(3);
    expect(results.digest).toBe(reference.digest);
  }, 300_000);

  it('on a second run, which takes everything from the cache', async () => {
    const first = await run({ workers: 2, slice: 2048, isCacheUsed: true });
    const second = await run({ workers: 2, slice: 2048, isCacheUsed: true });
    expect([first.digest, second.digest]).toEqual([reference.digest, reference.digest]);
    expect(first.run.cachedUnits).toBe(0);
    expect(second.run.work).toEqual({ images: 0, forwards: 0, gradients: 0 });
  }, 300_000);

  it('and another seed gives other bits', async () => {
    const { grid } = await readGrid(file, ['seed=7', 'methods=[{name: mc-dropout, passes: 4}]']);
    const resolved = await resolveGrid(grid, { context, baseDir: dirname(file), blobs, signal });
    const id = runIdSchema.parse('test-seed');
    const memoryBytes = Number.MAX_SAFE_INTEGER;
    const options = { id, context, workers: 1, memoryBytes, slice: 2048, isCacheUsed: false, signal };
    const results = await runLocally(
      resolved,
      { ...options, engine: 'native', onEvent: () => undefined },
      readTable,
    );
    const before = reference.cells.find(({ method }) => method === 'mc-dropout');
    expect(results.cells[0]?.scores.id).not.toBe(before?.scores.id);
  }, 300_000);
});
