import type { LeaseRef, WorkerPeer } from '@oodgrid/transport';
import { describe, expect, it } from 'vitest';
import { workerSummaries } from '../src/cluster/summaries.js';
import { Desk, SPEC, submission, type TestPeer } from './desk.js';

const NO_WORK = { images: 0, forwards: 0, gradients: 0 };

const runOf = (desk: Desk) => {
  const run = desk.dispatcher.runs.get('run');
  if (run === undefined) throw new Error('the run was submitted');
  return run;
};
const poolOf = (desk: Desk) => runOf(desk).pin?.pool;
const waitsOf = (desk: Desk) => desk.dispatcher.waitsFor(runOf(desk));
const tasksOf = (desk: Desk) => desk.dispatcher.ledger.run('run')?.tasks.counts();

function tick(desk: Desk, milliseconds: number): void {
  desk.now += milliseconds;
  desk.dispatcher.tick(desk.now);
  desk.settle();
}

const sequences = new Map<WorkerPeer, number>();
function say(desk: Desk, peer: WorkerPeer, message: object, lease: LeaseRef): void {
  const sequence = (sequences.get(peer) ?? 0) + 1;
  sequences.set(peer, sequence);
  const whole = { ...lease, ...message } as never;
  desk.dispatcher.receive(peer, { kind: 'reliable', sequence, message: whole }, desk.now);
}

/** The worker computes everything that it was given. */
function compute(desk: Desk, peer: TestPeer): void {
  for (const message of peer.received) {
    if (message.kind !== 'granted' || message.task.kind !== 'synthetic') continue;
    const { key } = message.task;
    const chunk = { kind: 'chunk', key, offsetRows: 0, rows: 1, columns: 1, data: Float32Array.of(1) };
    say(desk, peer, chunk, message.lease);
    say(desk, peer, { kind: 'done', work: NO_WORK, seconds: 1 }, message.lease);
  }
  desk.settle();
}

describe('the numerics class of a run', () => {
  it('is the one with the most places, of the workers that come within a moment of the first', () => {
    const desk = new Desk({ gatherMs: 2000 });
    desk.submit(submission('run'));
    desk.join('early', { pool: 'wasm', slots: 3 });
    desk.join('a', { pool: 'native' });
    desk.join('b', { pool: 'native' });
    tick(desk, 1999);
    expect(poolOf(desk)).toBeUndefined();
    tick(desk, 1);
    expect(poolOf(desk)).toBe('native');
    expect(runOf(desk).status).toBe('running');
  });

  it('is chosen at once where workers have been for a while, and not from those that are being drained', () => {
    const desk = new Desk({ gatherMs: 2000 });
    desk.join('large', { pool: 'one', slots: 8 });
    desk.join('small', { pool: 'other', slots: 2 });
    tick(desk, 2000);
    desk.dispatcher.drain('large');
    desk.submit(submission('run'));
    expect(poolOf(desk)).toBe('other');
  });

  it('is the one that was asked for, however long it takes until such a worker comes', () => {
    const desk = new Desk();
    desk.join('w', { pool: 'other' });
    desk.submit(submission('run', { pool: 'wanted' }));
    tick(desk, 60_000);
    expect(poolOf(desk)).toBeUndefined();
    expect(waitsOf(desk)).toMatch(/no worker of its class wanted takes tasks; there are other \(2 places\)/);
    desk.join('late', { pool: 'wanted' });
    expect(poolOf(desk)).toBe('wanted');
    expect(waitsOf(desk)).toBe('');
  });

  it('without workers is said, also when they leave later', () => {
    const desk = new Desk();
    desk.submit(submission('run'));
    expect(waitsOf(desk)).toBe('no worker is connected');
    const worker = desk.join('w', { pool: 'one' });
    expect(waitsOf(desk)).toBe('');
    desk.join('x', { pool: 'two' });
    desk.dispatcher.disconnected(worker, desk.now);
    expect(waitsOf(desk)).toMatch(/no worker of its class one takes tasks; there are two/);
  });
});

describe('a run that is moved', () => {
  function running() {
    const desk = new Desk();
    const former = desk.join('old', { pool: 'one', slots: 3 });
    const latter = desk.join('new', { pool: 'two', slots: 2 });
    desk.submit(submission('run'));
    desk.ask(former, 'run', 0, 1, 2);
    return { desk, former, latter };
  }
  const move = (desk: Desk) => {
    desk.dispatcher.move('run', 'two', desk.now);
    desk.settle();
  };

  it('starts anew in the other class: its leases end, and nothing of the former class counts', () => {
    const { desk, former, latter } = running();
    const [lease] = former.leases();
    if (lease === undefined) throw new Error('a lease was given');
    const sequence = 1;
    move(desk);
    expect(former.kinds().filter((kind) => kind === 'cancel')).toHaveLength(3);
    const done = { kind: 'done', work: NO_WORK, seconds: 1, ...lease } as const;
    desk.dispatcher.receive(former, { kind: 'reliable', sequence, message: done }, desk.now);
    desk.ask(former, 'run', 3);
    expect(former.received.slice(-3)).toMatchObject([
      { kind: 'refused', code: 'cancelled' },
      { kind: 'denied', retryMs: null },
      { kind: 'ack' },
    ]);
    expect(tasksOf(desk)).toMatchObject({ done: 0, running: 0, queued: 8 });
    expect(desk.queue.filter(({ pool }) => pool === 'two')).toHaveLength(8);
    desk.ask(latter, 'run', 0, 1);
    expect(latter.leases()).toHaveLength(2);
  });

  it('is there after a restart, with what the other class has computed', () => {
    const { desk, former, latter } = running();
    compute(desk, former);
    expect(tasksOf(desk)).toMatchObject({ done: 3 });
    move(desk);
    expect(tasksOf(desk)).toMatchObject({ done: 0 });
    desk.ask(latter, 'run', 0, 1);
    compute(desk, latter);
    desk.restart();
    expect(poolOf(desk)).toBe('two');
    expect(tasksOf(desk)).toMatchObject({ done: 2, ready: 6 });
    expect([...runOf(desk).contributors]).toEqual(['new']);
  });

  it('stays paused when it was, and waits where nobody of the class is there', () => {
    const { desk } = running();
    desk.dispatcher.pause('run');
    desk.dispatcher.move('run', 'three', desk.now);
    desk.settle();
    expect([runOf(desk).status, poolOf(desk)]).toEqual(['paused', undefined]);
    desk.restart();
    desk.join('third', { pool: 'three' });
    expect([runOf(desk).status, poolOf(desk), tasksOf(desk)?.queued]).toEqual(['paused', 'three', 0]);
    desk.dispatcher.unpause('run');
    desk.settle();
    expect(tasksOf(desk)?.queued).toBe(8);
  });

  it('while it is merged is not ended by that merge', () => {
    const desk = new Desk();
    const former = desk.join('old', { pool: 'one', slots: 8 });
    desk.join('new', { pool: 'two', slots: 2 });
    desk.submit(submission('run'));
    desk.ask(former, 'run', 0, 1, 2, 3, 4, 5, 6, 7);
    compute(desk, former);
    const before = runOf(desk);
    expect(before.status).toBe('merging');
    move(desk);
    expect(runOf(desk)).not.toBe(before);
    expect([runOf(desk).status, tasksOf(desk)?.queued]).toEqual(['running', 8]);
  });

  it('after it has failed runs again; one that is over does not', () => {
    const { desk, former } = running();
    const failed = { kind: 'failed', code: 'internal', message: 'x', retryable: false, logTail: '' };
    for (const lease of former.leases()) say(desk, former, failed, lease);
    desk.settle();
    desk.ask(former, 'run', 3, 4, 5);
    compute(desk, former);
    desk.ask(former, 'run', 6, 7);
    compute(desk, former);
    expect(runOf(desk).status).toBe('failed');
    move(desk);
    expect(runOf(desk).status).toBe('running');
    desk.restart();
    expect([runOf(desk).status, poolOf(desk), tasksOf(desk)?.failed]).toEqual(['running', 'two', 0]);
    desk.dispatcher.cancel('run');
    expect(() => desk.dispatcher.move('run', 'one', desk.now)).toThrow(/is over: cancelled/);
  });

  it('to the class that it has goes on undisturbed', () => {
    const { desk, former } = running();
    desk.dispatcher.move('run', 'one', desk.now);
    desk.settle();
    expect(desk.journal.some(({ kind }) => kind === 'moved')).toBe(false);
    expect(former.kinds()).not.toContain('cancel');
  });
});

describe('what is shown', () => {
  it('of a run is since when it is in its present status', () => {
    const desk = new Desk();
    desk.submit(submission('run'));
    desk.now = 5000;
    desk.join('w');
    expect(runOf(desk).statusSince).toBe(new Date(5000).toISOString());
    desk.now = 7000;
    desk.dispatcher.pause('run');
    expect(runOf(desk).statusSince).toBe(new Date(7000).toISOString());
    desk.now = 9000;
    desk.dispatcher.cancel('run');
    desk.settle();
    desk.now = 11_000;
    desk.restart();
    expect(runOf(desk).statusSince).toBe(new Date(9000).toISOString());
  });

  it('of a worker that left is that it is gone, without its last words, and nothing after a while', () => {
    const desk = new Desk();
    const worker = desk.join('w');
    desk.submit(submission('run', { spec: { ...SPEC, scores: 1 } }));
    desk.dispatcher.receive(
      worker,
      { kind: 'heartbeat', leases: [], doing: '2 tasks', trouble: '' },
      desk.now,
    );
    const shown = () => workerSummaries(desk.dispatcher, desk.now);
    expect(shown()).toMatchObject([{ status: 'connected', doing: '2 tasks', host: 'host-a' }]);
    desk.dispatcher.disconnected(worker, desk.now);
    expect(shown()).toMatchObject([{ status: 'lost', doing: '', seconds: 0 }]);
    tick(desk, 6000);
    expect(shown()).toMatchObject([{ status: 'gone', seconds: 6 }]);
    tick(desk, 600_000);
    expect(shown()).toEqual([]);
  });
});
