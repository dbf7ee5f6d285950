import { beforeEach, describe, expect, it } from 'vitest';
import { Desk, SPEC, submission, type TestPeer } from './desk.js';

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
const heartbeat = (peer: TestPeer, more: { isLeaving?: boolean } = {}) => {
  const said = { kind: 'heartbeat', leases: [], doing: '', trouble: '', ...more } as const;
  desk.dispatcher.receive(peer, said, desk.now);
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

  it('is given the next task when the first one is for others, and so are later runs', () => {
    const [a, b] = [desk.join('a', { slots: 3 }), desk.join('b', { slots: 1 })];
    desk.submit(submission('run', { spec: { ...SPEC, scores: 2 } }));
    ask(b, 1);
    ask(a, 1);
    expect([tasksOf(a), tasksOf(b)]).toEqual([[1], [0]]);
    desk.fail(a, { retryable: true });
    desk.submit(submission('later'));
    desk.wait(5000);
    // Task 1 of the first run is ready again, and b, which has no place now, should have it.
    ask(a, 2);
    expect(a.leases().map(({ run, task }) => [run, task])).toEqual([
      ['run', 1],
      ['later', 0],
      ['later', 1],
    ]);
  });

  it('of a worker that has long said nothing waits until it is heard of again', () => {
    const [silent, other] = [desk.join('s'), desk.join('o')];
    ask(silent, 2);
    ask(other, 2);
    desk.wait(23_000);
    heartbeat(other);
    desk.submit(submission('run', { spec: { ...SPEC, scores: 3 } }));
    expect([tasksOf(silent), tasksOf(other)]).toEqual([[], [0, 1]]);
    heartbeat(silent);
    expect(tasksOf(silent)).toEqual([2]);
  });

  it('is given the second copy of a task that takes far too long elsewhere, and the first result counts', () => {
    const [slow, fast] = [desk.join('slow', { slots: 1 }), desk.join('fast', { slots: 1 })];
    const run = desk.submit(submission('run', { spec: { ...SPEC, scores: 9 } }));
    ask(slow, 1);
    for (let i = 0; i < 8; i++) {
      ask(fast, 1);
      desk.wait(1000);
      desk.finish(fast);
    }
    ask(fast, 1);
    desk.wait(1000);
    expect(tasksOf(slow)).toEqual([0]);
    expect(tasksOf(fast)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 0]);
    // The slow one has it already, and nobody gets it a third time.
    ask(slow, 1);
    desk.wait(1000);
    expect(tasksOf(slow)).toEqual([0]);
    desk.finish(fast);
    expect(desk.stateOf(run, 0)).toBe('done');
    expect(slow.kinds()).toContain('cancel');
  });

  it('of a worker that leaves is not answered, not even with what it hands back, and it is told when nothing is on its way', () => {
    const [leaving, other] = [desk.join('l', { slots: 2 }), desk.join('o', { slots: 1 })];
    const run = desk.submit(submission('run', { spec: { ...SPEC, scores: 1 } }));
    ask(leaving, 3);
    expect(tasksOf(leaving)).toEqual([0]);
    heartbeat(leaving, { isLeaving: true });
    expect(leaving.kinds().at(-1)).toBe('drain');
    desk.say(leaving, (lease) => ({ kind: 'released', ...lease }));
    expect(tasksOf(leaving)).toEqual([0]);
    expect(desk.stateOf(run, 0)).toBe('ready');
    ask(other, 1);
    expect(tasksOf(other)).toEqual([0]);
  });

  it('is given what its worker has the memory for, when the next task is for larger ones', () => {
    const [small, large] = [
      desk.join('s', { memoryBytes: 10 }),
      desk.join('l', { memoryBytes: 30, slots: 1 }),
    ];
    desk.submit(submission('large', { spec: { ...SPEC, memoryBytes: 20 } }));
    desk.submit(submission('small', { spec: { ...SPEC, memoryBytes: 1 } }));
    ask(large, 1);
    ask(small, 1);
    expect([small, large].map((worker) => worker.leases().map(({ run }) => run))).toEqual([
      ['small'],
      ['large'],
    ]);
  });

  it('waits for a task that its worker has the memory for when it has done what it holds: small ones would keep it off for ever', () => {
    const worker = desk.join('w', { memoryBytes: 10 });
    desk.submit(submission('large', { priority: 1, spec: { ...SPEC, memoryBytes: 6 } }));
    desk.submit(submission('small', { spec: { ...SPEC, memoryBytes: 1 } }));
    ask(worker, 2);
    expect(worker.leases().map(({ run }) => run)).toEqual(['large']);
    desk.finish(worker);
    expect(worker.leases().map(({ run }) => run)).toEqual(['large', 'large']);
  });

  it('is answered in the order of asking, whoever was there first', () => {
    const workers = ['a', 'b', 'c'].map((id) => desk.join(id, { slots: 8 }));
    for (const worker of workers) ask(worker, 8);
    for (let i = 0; i < 6; i++) desk.submit(submission(`run-${i}`, { spec: { ...SPEC, scores: 1 } }));
    expect(workers.map((worker) => worker.leases().map(({ run }) => run))).toEqual([
      ['run-0', 'run-3'],
      ['run-1', 'run-4'],
      ['run-2', 'run-5'],
    ]);
  });

  it('tells the worker that there is no queue to listen to', () => {
    const worker = desk.join('w');
    expect(worker.received[0]).toMatchObject({ kind: 'registered', queue: null });
  });
});
