import { digestSchema } from '@oodgrid/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeWorkload, type Workload } from '../src/index.js';
import { Desk, SPEC, submission } from './desk.js';

const WINDOW = 8;
const MINUTES = 60_000;

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});

function pass(milliseconds: number): void {
  for (const end = desk.now + milliseconds; desk.now < end; ) {
    desk.now += 250;
    desk.dispatcher.tick(desk.now);
    desk.settle();
  }
}

const hints = () => desk.queue.map(({ hint }) => hint);
const large = { spec: { ...SPEC, scores: 1000 } };

describe('a queue', () => {
  it('gets nothing more when the workers of its pool have vanished, and is begun anew for the next one', () => {
    const worker = desk.join('w');
    desk.submit(submission('run', large));
    expect(desk.queue).toHaveLength(WINDOW);
    desk.dispatcher.disconnected(worker, desk.now);
    pass(10 * MINUTES);
    expect(desk.queue).toHaveLength(WINDOW);
    desk.join('next', { slots: 4 });
    expect(desk.queue).toHaveLength(2 * WINDOW);
    expect(new Set(hints()).size).toBe(2 * WINDOW);
  });

  it('gets nothing again while its workers are busy, however long their tasks take', () => {
    const worker = desk.join('w', { slots: 2 });
    desk.submit(submission('run', large));
    desk.queue.splice(0, 2);
    desk.ask(worker, 'run', 0, 1);
    for (let i = 0; i < 60; i++) {
      pass(10_000);
      desk.dispatcher.receive(
        worker,
        { kind: 'heartbeat', leases: worker.leases(), doing: '', trouble: '' },
        desk.now,
      );
    }
    expect(desk.dispatcher.counters.get('offers_republished')).toBe(0);
    expect(desk.queue).toHaveLength(WINDOW);
  });

  it('that has lost its messages while a place is free is filled again after a while, and only then', () => {
    desk.join('w');
    desk.submit(submission('run', large));
    pass(1000);
    desk.queue = [];
    pass(13_000);
    expect(hints()).toEqual([]);
    pass(2000);
    expect(hints().sort()).toEqual(Array.from({ length: WINDOW }, (_, i) => `run/${i}`));
    // Nobody takes them: they take the place of those from before.
    pass(10 * MINUTES);
    expect(desk.queue).toHaveLength(WINDOW);
  });

  it('does not grow with every pause, nor with every worker that dies over its tasks', () => {
    desk.join('lasting', { slots: 1 });
    desk.submit(submission('run', large));
    for (let i = 0; i < 100; i++) {
      desk.dispatcher.pause('run');
      desk.settle();
      desk.dispatcher.unpause('run');
      desk.settle();
      const worker = desk.join('w', { slots: 1, proof: `life ${i}` });
      // A dead worker's messages stay in the queue until the server gives them to another.
      desk.ask(worker, 'run', Number(hints()[0]?.split('/')[1]));
      desk.dispatcher.disconnected(worker, desk.now);
      pass(5500);
      expect(desk.queue.length).toBeLessThanOrEqual(3 * WINDOW);
    }
    expect(desk.dispatcher.counters.get('leases_expired')).toBeGreaterThan(50);
  });

  it('that came back is filled with what is on offer, once', () => {
    desk.join('w');
    desk.submit(submission('run', large));
    for (let i = 0; i < 10; i++) {
      desk.dispatcher.publishAgain(desk.now);
      desk.settle();
    }
    expect(hints().sort()).toEqual(Array.from({ length: WINDOW }, (_, i) => `run/${i}`));
  });
});

describe('a hint that its worker will not use', () => {
  it('because it is being drained goes to others at once', () => {
    const drained = desk.join('drained', { slots: 2 });
    desk.submit(submission('run', large));
    desk.join('other', { slots: 2 });
    const before = desk.queue.length;
    desk.dispatcher.drain('drained');
    desk.ask(drained, 'run', 3);
    expect(drained.received.at(-1)).toMatchObject({ kind: 'denied', retryMs: null });
    expect(hints().slice(before)).toContain('run/3');
  });
});

describe('looking tasks up in the cache', () => {
  const UNITS = 100;
  const ready = { ...submission('run', large), pool: 'class', isCacheUsed: true };

  /** Tasks of many units, of which each is in the cache. */
  function cachedWorkload(): Workload {
    const inner = makeWorkload(ready);
    const keys = Array.from({ length: UNITS }, (_, i) => digestSchema.parse(`${i}`.padStart(64, '0')));
    for (const key of keys) {
      desk.results.set(key, { kind: 'scores', rows: 1, columns: 1, data: new Float32Array(1) });
    }
    return {
      tasks: inner.tasks,
      planIdentity: inner.planIdentity,
      title: (task) => inner.title(task),
      memoryBytes: () => 0,
      model: (task) => inner.model(task),
      bind: (task, pool) => ({ ...inner.bind(task, pool), units: keys.map((key) => ({ key, columns: 1 })) }),
      fitOf: () => undefined,
      blobName: () => '',
      noteDone: () => [],
      takeComputations: () => [],
      computationTitle: () => '',
      noteComputed: () => [],
    };
  }

  it('takes as many turns as there are results, however many a task has', () => {
    desk.join('w');
    desk.dispatcher.submit(ready, desk.now, cachedWorkload());
    let found = 0;
    const find = desk.results.get.bind(desk.results);
    desk.results.get = (key) => {
      found++;
      return find(key);
    };
    let turns = 0;
    for (let isOver = false; !isOver; turns++) {
      found = 0;
      isOver = desk.dispatcher.pump(desk.now);
      expect(found).toBeLessThanOrEqual(1024);
    }
    expect(turns).toBeGreaterThanOrEqual((large.spec.scores * UNITS) / 1024);
    expect(desk.dispatcher.counters.get('tasks_reused')).toBe(large.spec.scores);
  });
});
