import { beforeEach, describe, expect, it } from 'vitest';
import { Desk, submission, type TestPeer } from './desk.js';

let desk: Desk;
beforeEach(() => {
  desk = new Desk({ isQueueless: true });
});

let requests = 0;
const ask = (peer: TestPeer, count: number) => {
  for (let i = 0; i < count; i++) {
    desk.dispatcher.receive(peer, { kind: 'lease-request', requestId: ++requests, hint: null }, desk.now);
  }
  desk.settle();
};
const tasksOf = (peer: TestPeer) => peer.leases().map(({ task }) => task);

describe('a request without a hint', () => {
  it('is answered from the ledger at once, and the queue is given nothing', () => {
    desk.submit(submission('run'));
    const worker = desk.join('w');
    ask(worker, 2);
    expect(tasksOf(worker)).toEqual([0, 1]);
    expect(desk.queue).toEqual([]);
  });

  it('waits for a task, and for no more than the worker has places', () => {
    const worker = desk.join('w');
    ask(worker, 3);
    expect(tasksOf(worker)).toEqual([]);
    desk.submit(submission('run'));
    expect(tasksOf(worker)).toEqual([0, 1]);
    desk.finish(worker);
    expect(tasksOf(worker)).toEqual([0, 1, 2]);
  });

  it('goes to the most urgent run, whichever came first', () => {
    desk.submit(submission('later'));
    desk.submit(submission('urgent', { priority: 1 }));
    const worker = desk.join('w');
    ask(worker, 2);
    expect(worker.leases().map(({ run }) => run)).toEqual(['urgent', 'urgent']);
  });

  it('of several workers is answered in turn', () => {
    const workers = ['a', 'b'].map((id) => desk.join(id));
    for (const worker of workers) ask(worker, 2);
    desk.submit(submission('run'));
    expect(workers.map(tasksOf)).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('of a class that a run is not pinned to gets nothing of it', () => {
    const worker = desk.join('w');
    const other = desk.join('o', { pool: 'another' });
    ask(other, 1);
    ask(worker, 1);
    desk.submit(submission('run', { pool: 'class' }));
    expect([tasksOf(worker), tasksOf(other)]).toEqual([[0], []]);
  });

  it('is over with its connection', () => {
    const first = desk.join('w');
    ask(first, 1);
    const second = desk.join('w');
    desk.submit(submission('run'));
    expect([tasksOf(first), tasksOf(second)]).toEqual([[], []]);
    ask(second, 1);
    expect(tasksOf(second)).toEqual([0]);
  });

  it('of a worker that drains is not answered', () => {
    const worker = desk.join('w');
    ask(worker, 1);
    desk.dispatcher.drain('w');
    desk.submit(submission('run'));
    expect(tasksOf(worker)).toEqual([]);
  });

  it('does not give a task back to the worker that failed it while another one could take it', () => {
    const [a, b] = [desk.join('a', { slots: 1 }), desk.join('b', { slots: 1 })];
    desk.submit(submission('run'));
    ask(a, 2);
    desk.fail(a, { retryable: true });
    desk.wait(5000);
    expect(tasksOf(a)).toEqual([0, 1]);
    desk.finish(a);
    ask(a, 1);
    ask(b, 1);
    expect(tasksOf(b)).toContain(0);
    expect(tasksOf(a).filter((task) => task === 0)).toHaveLength(1);
  });

  it('takes what is in the cache on the way, and goes on with what is not', () => {
    const run = desk.submit(submission('run', { isCacheUsed: true }));
    const worker = desk.join('w');
    desk.wait(0);
    const state = desk.dispatcher.runs.get(run);
    for (const task of [0, 1]) {
      const [unit] = state?.bind(task).units ?? [];
      if (unit === undefined) throw new Error('there is no such task');
      desk.results.set(unit.key, { kind: 'scores', rows: 1, columns: 1, data: Float32Array.of(task) });
    }
    ask(worker, 1);
    expect(tasksOf(worker)).toEqual([2]);
    expect([0, 1].map((task) => desk.stateOf(run, task))).toEqual(['done', 'done']);
  });
});
