import { Writable } from 'node:stream';
import { status } from '@grpc/grpc-js';
import { RunSummary, type WatchResponse } from '@oodgrid/contract/wire';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RunFeed } from '../src/cluster/run-feed.js';
import { watchRun } from '../src/cluster/watch-run.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const summary = (status: string) => ({ ...RunSummary.decode(new Uint8Array()), run: 'run', status });

/** A call whose peer reads as `reads` says: each object waits until it was called. */
function callOf(reads: (done: () => void) => void) {
  const heard: WatchResponse[] = [];
  const call = new Writable({
    objectMode: true,
    write: (update: WatchResponse, _encoding, done) => {
      heard.push(update);
      reads(done);
    },
  });
  const errors: unknown[] = [];
  call.on('error', (error) => errors.push(error));
  return { call, heard, errors };
}
const events = (feed: RunFeed, count: number) => {
  for (let i = 0; i < count; i++) feed.publish('run', { kind: 'worker-lost', workerId: `w${i}` });
};

it('a watcher that does not read holds a thousand updates at most, and is let go after half a minute', () => {
  const feed = new RunFeed(() => new Date());
  const { call, errors } = callOf(() => undefined);
  watchRun(call, 'run', feed, () => summary('running'));
  events(feed, 50_000);
  expect(call.writableLength).toBe(1000);
  vi.advanceTimersByTime(29_000);
  expect([call.writableLength, errors]).toEqual([1000, []]);
  vi.advanceTimersByTime(4000);
  expect(errors).toMatchObject([{ code: status.RESOURCE_EXHAUSTED }]);
  // Nothing is kept for it any more.
  events(feed, 10);
  vi.advanceTimersByTime(60_000);
  expect(call.writableLength).toBe(1000);
});

it('one that reads hears everything, and its call ends with the run', async () => {
  const feed = new RunFeed(() => new Date());
  const { call, heard, errors } = callOf((done) => done());
  let state = 'running';
  watchRun(call, 'run', feed, () => summary(state));
  for (let seconds = 0; seconds < 60; seconds++) {
    events(feed, 500);
    await vi.advanceTimersByTimeAsync(1000);
  }
  state = 'done';
  await vi.advanceTimersByTimeAsync(1000);
  expect(heard.filter(({ update }) => update?.$case === 'eventJson')).toHaveLength(30_000);
  expect(errors).toEqual([]);
  expect(call.writableEnded).toBe(true);
});
