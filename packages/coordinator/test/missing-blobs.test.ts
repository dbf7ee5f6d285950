import { type Digest, sha256 } from '@oodgrid/contract';
import { expect, it } from 'vitest';
import { Desk, SPEC, submission, type TestPeer } from './desk.js';

const IMAGES = sha256('images');
const lacks = (blob: Digest) =>
  ({ origin: 'store', blob, code: 'not-found', message: 'there is no such blob', retryable: false }) as const;

function desk(spec: Partial<typeof SPEC>) {
  const one = new Desk();
  const run = one.submit(submission('r', { spec: { ...SPEC, ...spec } }));
  const waitsFor = () => {
    const state = one.dispatcher.runs.get(run);
    return state === undefined ? undefined : one.dispatcher.waitsFor(state);
  };
  return { one, run, peer: one.join('w'), waitsFor };
}

function takes(one: Desk, peer: TestPeer, run: string, task: number): boolean {
  const before = peer.leases().length;
  one.ask(peer, run, task);
  return peer.leases().length > before;
}

it('a blob that the store lacks is waited for, said, and costs no attempt; what reads it goes on when it is there', () => {
  const { one, run, peer, waitsFor } = desk({ blobs: [IMAGES], scores: 4 });
  expect(takes(one, peer, run, 0)).toBe(true);
  one.fail(peer, lacks(IMAGES));
  expect(one.checks).toEqual([IMAGES]);
  expect(one.stateOf(run, 0)).toBe('ready');
  one.dispatcher.blobChecked(IMAGES, false, one.now);
  one.settle();
  const said = /lacks blob .* submit the grid again/;
  expect(waitsFor()).toMatch(said);
  expect(one.events.filter(({ kind }) => kind === 'blob-missing')).toHaveLength(1);
  // Nobody is sent to fetch what is not there.
  for (const task of [0, 1, 2, 3]) expect(takes(one, peer, run, task)).toBe(false);
  one.wait(60_000);
  expect(one.checks).toEqual([IMAGES, IMAGES]);
  expect(one.dispatcher.asideOf('w')).toBeNull();
  expect(one.dispatcher.ledger.run(run)?.tasks.failures(0)).toBe(0);

  one.dispatcher.blobArrived(IMAGES);
  one.settle();
  expect(waitsFor()).toBe('');
  for (const task of [0, 1]) {
    expect(takes(one, peer, run, task)).toBe(true);
    one.finish(peer);
  }
});

it('a fit is done again when the state that it gave is gone, and what needs it waits for that alone', () => {
  const { one, run, peer, waitsFor } = desk({ fits: 1, sweeps: 2, scores: 0 });
  const blob = sha256('fitted');
  expect(takes(one, peer, run, 0)).toBe(true);
  one.finishFit(peer, blob);
  expect(takes(one, peer, run, 1)).toBe(true);
  one.fail(peer, lacks(blob));
  one.dispatcher.blobChecked(blob, false, one.now);
  one.settle();
  expect(one.stateOf(run, 0)).toBe('queued');
  expect(waitsFor()).toBe('');
  expect([takes(one, peer, run, 1), takes(one, peer, run, 2)]).toEqual([false, false]);
  one.restart();
  const back = one.join('w');
  expect([0, 1, 2].map((task) => one.stateOf(run, task))).toEqual(['queued', 'queued', 'queued']);
  expect(takes(one, back, run, 0)).toBe(true);
  one.finishFit(back, blob);
  expect(takes(one, back, run, 1)).toBe(true);
  one.finish(back);
  expect([0, 1].map((task) => one.stateOf(run, task))).toEqual(['done', 'done']);
});

it('a blob that is there and whole is a failure of the worker that could not get it', () => {
  const { one, run, peer } = desk({ blobs: [IMAGES] });
  takes(one, peer, run, 0);
  one.fail(peer, lacks(IMAGES));
  one.dispatcher.blobChecked(IMAGES, true, one.now);
  one.settle();
  expect(one.dispatcher.asideOf('w')?.reason).toBe('there is no such blob');
  one.wait(1000);
  expect(takes(one, peer, run, 0)).toBe(true);
});

it('a lease that was not asked for a state which was there and is gone is no fit that is done', () => {
  const one = new Desk();
  const spec = { ...SPEC, fits: 1, sweeps: 1, scores: 0 };
  const run = one.submit(submission('r', { spec, isCacheUsed: true }));
  const peer = one.join('w');
  expect(takes(one, peer, run, 0)).toBe(true);
  const [unit] = one.dispatcher.runs.get(run)?.bind(0).units ?? [];
  const key = unit?.key ?? sha256('');
  // The coordinator starts again while another run's copy of the state is there, and then is not.
  one.results.set(key, { kind: 'fitted', blob: sha256('fitted') });
  one.restart();
  const lease = peer.leases()[0];
  if (lease === undefined) throw new Error('it has no lease');
  const back = one.join('w', { held: [lease] });
  one.results.delete(key);
  const done = {
    kind: 'done',
    ...lease,
    work: { images: 0, forwards: 0, gradients: 0 },
    seconds: 1,
  } as const;
  one.dispatcher.receive(back, { kind: 'reliable', sequence: 1, message: done }, one.now);
  one.settle();
  expect(one.journal.some(({ kind }) => kind === 'completed')).toBe(false);
  expect(takes(one, back, run, 0)).toBe(true);
  one.finishFit(Object.assign(back, { said: 1 }), sha256('fitted'));
  expect(one.stateOf(run, 0)).toBe('done');
});
