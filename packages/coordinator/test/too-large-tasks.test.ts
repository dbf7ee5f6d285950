import { describe, expect, it } from 'vitest';
import { Desk, SPEC, submission, type TestPeer } from './desk.js';

const GIB = 1024 ** 3;
const large = submission('large', { spec: { ...SPEC, scores: 3, memoryBytes: 4 * GIB } });

const waitsOf = (desk: Desk, id = 'large') => {
  const run = desk.dispatcher.runs.get(id);
  if (run === undefined) throw new Error('the run was submitted');
  return desk.dispatcher.waitsFor(run);
};
const tasksOf = (peer: TestPeer) => peer.leases().map(({ run, task }) => `${run}/${task}`);

function ask(desk: Desk, peer: TestPeer, count: number): void {
  for (let requestId = 1; requestId <= count; requestId++) {
    desk.dispatcher.receive(peer, { kind: 'lease-request', requestId, hint: null }, desk.now);
  }
  desk.settle();
}

describe('a task that needs more memory than any worker of its class has', () => {
  it('is said to wait, with what it needs, what there is and what to do; so are the watchers and the log, once', () => {
    const desk = new Desk();
    desk.join('small', { memoryBytes: 2.5 * GIB });
    desk.submit(large);
    expect(waitsOf(desk)).toBe(
      'task 0-score and 2 more need 4 GiB of memory, and no worker of its class class has more than 2.5 GiB: start one with more --memory',
    );
    const said = () => desk.events.filter(({ kind }) => kind === 'waits');
    desk.wait(250);
    desk.wait(4999);
    expect(said()).toEqual([]);
    for (let i = 0; i < 8; i++) desk.wait(250);
    expect(said()).toEqual([{ kind: 'waits', reason: waitsOf(desk) }]);
    desk.join('enough', { memoryBytes: 4 * GIB });
    for (let i = 0; i < 8; i++) desk.wait(250);
    expect(said().slice(1)).toEqual([{ kind: 'waits', reason: '' }]);
  });

  it.each([true, false])('keeps no other run from going on (queueless: %s)', (isQueueless) => {
    const desk = new Desk({ isQueueless });
    const small = desk.join('small', { memoryBytes: GIB });
    desk.submit({ ...large, priority: 1 });
    desk.submit(submission('other'));
    if (isQueueless) ask(desk, small, 2);
    else {
      expect(desk.queue.map(({ hint }) => hint)).toEqual(Array.from({ length: 8 }, (_, i) => `other/${i}`));
      desk.ask(small, 'other', 0, 1);
    }
    expect(tasksOf(small)).toEqual(['other/0', 'other/1']);
    expect(waitsOf(desk, 'other')).toBe('');
  });

  it('goes on when a worker comes that has as much', () => {
    const desk = new Desk();
    desk.join('small', { memoryBytes: GIB });
    desk.submit(large);
    desk.join('still too small', { memoryBytes: 4 * GIB - 1 });
    expect(desk.queue).toEqual([]);
    const enough = desk.join('enough', { memoryBytes: 4 * GIB });
    expect(waitsOf(desk)).toBe('');
    expect(desk.queue.map(({ hint }) => hint)).toEqual(['large/0', 'large/1', 'large/2']);
    desk.ask(enough, 'large', 0);
    expect(tasksOf(enough)).toEqual(['large/0']);
  });

  it('is told so as well when the only large worker leaves after it was offered, and the hint is dropped', () => {
    const desk = new Desk();
    const small = desk.join('small', { memoryBytes: GIB });
    const enough = desk.join('enough', { memoryBytes: 4 * GIB });
    desk.submit(large);
    desk.ask(small, 'large', 0);
    expect(small.received.at(-1)).toMatchObject({ kind: 'denied', retryMs: 1000 });
    desk.dispatcher.drain('enough');
    desk.settle();
    desk.ask(small, 'large', 0);
    expect(small.received.at(-1)).toMatchObject({ kind: 'denied', retryMs: null });
    expect(waitsOf(desk)).toMatch(/^task 0-score needs 4 GiB/);
    desk.dispatcher.disconnected(enough, desk.now);
    desk.join('enough', { memoryBytes: 4 * GIB, proof: 'another' });
    expect(waitsOf(desk)).toBe('');
    expect(desk.stateOf('large', 0)).toBe('queued');
  });

  it('is found again after a restart, and no more when its run was cancelled', () => {
    const desk = new Desk();
    desk.join('small', { memoryBytes: GIB });
    desk.submit(large);
    desk.restart();
    desk.join('small', { memoryBytes: GIB });
    expect(waitsOf(desk)).toMatch(/need 4 GiB/);
    desk.dispatcher.cancel('large');
    desk.settle();
    expect(waitsOf(desk)).toBe('');
    desk.join('enough', { memoryBytes: 4 * GIB });
    expect(desk.queue).toEqual([]);
  });
});
