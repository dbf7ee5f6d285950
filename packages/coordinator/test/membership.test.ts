import { beforeEach, describe, expect, it } from 'vitest';
import { Desk, SPEC, submission, type TestPeer } from './desk.js';
import { smallGrid } from './small-plan.js';

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
  desk.join('first');
  desk.submit(submission('run'));
});

const held = () => desk.dispatcher.ledger.leasesOf('w').length;

describe('an id of a worker', () => {
  it('is refused to a second process while the first lives, and the refusal says who that is', () => {
    const first = desk.join('w');
    desk.now = 7000;
    expect(() => desk.join('w', { proof: 'another' })).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: expect.stringMatching(/"w" is connected already, from host-a with process id 41, since 7 s/),
      }),
    );
    expect(first.closedFor).toBeUndefined();
    desk.ask(first, 'run', 0);
    expect(first.leases()).toHaveLength(1);
  });

  it('is free at once when the connection of the first is gone; what that one held goes to others', () => {
    const first = desk.join('w');
    desk.ask(first, 'run', 0);
    desk.dispatcher.disconnected(first, desk.now);
    desk.join('w', { proof: 'another', held: first.leases() });
    expect(held()).toBe(0);
    expect(desk.journal.at(-1)).toMatchObject({ kind: 'released', task: 0 });
    expect(() => desk.join('w')).toThrow(/is connected already/);
  });

  it('is taken over from a connection that is dead without a word, after it was asked', () => {
    const first = desk.join('w');
    expect(() => desk.join('w', { proof: 'another' })).toThrow(/is connected already/);
    expect(first.kinds()).toContain('probe');
    desk.now += 4999;
    expect(() => desk.join('w', { proof: 'another' })).toThrow(/is connected already/);
    desk.now += 1;
    desk.join('w', { proof: 'another' });
    expect(first.closedFor).toMatch(/another process/);
  });

  it('stays with the first for as long as it answers', () => {
    const first = desk.join('w');
    for (let i = 0; i < 20; i++) {
      expect(() => desk.join('w', { proof: 'another' })).toThrow(/is connected already/);
      desk.now += 3000;
      desk.dispatcher.receive(first, { kind: 'heartbeat', leases: [], doing: '', trouble: '' }, desk.now);
    }
    expect(first.closedFor).toBeUndefined();
  });

  it('is for its own process to use again at will, with its leases', () => {
    const first = desk.join('w');
    desk.ask(first, 'run', 0);
    const second = desk.join('w', { held: first.leases() });
    expect(first.closedFor).toMatch(/connected again/);
    expect(second.kinds()).toEqual(['registered']);
    expect(held()).toBe(1);
  });

  it('goes after a restart of the coordinator to whom the tokens of its leases prove', () => {
    const first = desk.join('w');
    desk.ask(first, 'run', 0);
    desk.restart();
    expect(() => desk.join('w', { proof: 'another' })).toThrow(/may come back for them/);
    desk.join('w', { held: first.leases() });
    expect(held()).toBe(1);
  });

  it('is free some seconds after a restart when its holder did not come back', () => {
    const first = desk.join('w');
    desk.ask(first, 'run', 0);
    desk.restart();
    desk.now += 8000;
    desk.join('w', { proof: 'another' });
    expect(held()).toBe(0);
  });
});

describe('a message that speaks for a lease', () => {
  it('counts from nobody but the worker that holds it', () => {
    const holder = desk.join('w');
    desk.ask(holder, 'run', 0);
    const [lease] = holder.leases();
    if (lease === undefined) throw new Error('a lease was given');
    const thief = desk.join('thief', { held: [lease] });
    expect(thief.kinds()).toEqual(['registered', 'cancel']);
    const said = [
      { kind: 'fitted', key: 'k' as never, blob: 'b' as never },
      { kind: 'done', work: { images: 0, forwards: 0, gradients: 0 }, seconds: 1 },
      {
        kind: 'failed',
        code: 'internal',
        message: '',
        retryable: false,
        logTail: '',
        origin: 'task',
        blob: null,
      },
      { kind: 'released' },
    ] as const;
    for (const [i, message] of said.entries()) {
      const whole = { ...lease, ...message };
      desk.dispatcher.receive(thief, { kind: 'reliable', sequence: i + 1, message: whole }, desk.now);
    }
    desk.settle();
    expect(thief.kinds().filter((kind) => kind === 'refused')).toHaveLength(said.length);
    expect(held()).toBe(1);
    desk.now = 29_000;
    desk.dispatcher.receive(thief, { kind: 'heartbeat', leases: [lease], doing: '', trouble: '' }, desk.now);
    const work = { images: 1, forwards: 1, gradients: 0 };
    desk.dispatcher.receive(thief, { kind: 'progress', lease, work }, desk.now);
    desk.now = 31_000;
    desk.dispatcher.tick(desk.now);
    expect(held()).toBe(0);
    expect(desk.dispatcher.counters.get('refused_foreign_lease')).toBe(7);
  });
});

describe('a worker that left', () => {
  const known = () => [...desk.dispatcher.workers].map(({ info }) => info.workerId);
  const leave = (peer: TestPeer) => desk.dispatcher.disconnected(peer, desk.now);

  it('is known for ten minutes, then forgotten with what spoke against it', () => {
    const peer = desk.join('w', { slots: 1 });
    desk.ask(peer, 'run', 0);
    desk.fail(peer, { origin: 'worker', code: 'resource-exhausted' });
    leave(peer);
    const until = desk.now + 10 * 60_000;
    desk.wait(until - desk.now);
    expect(known()).toContain('w');
    desk.wait(1);
    expect(known()).toEqual(['first']);
    desk.join('w');
    expect(desk.dispatcher.asideOf('w')).toBeNull();
  });

  it('is not remembered again by what others do better', () => {
    const peer = desk.join('w', { slots: 1 });
    const first = desk.join('second', { slots: 8 });
    for (const task of [0, 1, 2]) {
      desk.ask(peer, 'run', task);
      desk.fail(peer, { retryable: true });
    }
    leave(peer);
    desk.wait(10 * 60_000 + 1);
    for (const task of [0, 1, 2]) {
      desk.ask(first, 'run', task);
      desk.finish(first);
    }
    expect(known()).not.toContain('w');
    expect(desk.dispatcher.asideOf('w')).toBeNull();
    expect(desk.events.filter(({ kind }) => kind === 'worker-set-aside')).toEqual([]);
  });

  it('counts in the results only where it has computed something', () => {
    const [idle, busy] = [desk.join('idle'), desk.join('busy')];
    desk.ask(idle, 'run', 0);
    desk.ask(busy, 'run', 1);
    desk.finish(busy);
    leave(idle);
    leave(busy);
    expect([...(desk.dispatcher.runs.get('run')?.contributors ?? [])]).toEqual(['busy']);
  });
});

describe('places', () => {
  it('are kept by the coordinator, also against several requests in one turn', () => {
    const worker = desk.join('w', { slots: 2 });
    desk.ask(worker, 'run', 0, 1, 2, 3);
    expect(worker.leases()).toHaveLength(2);
    expect(worker.received.filter(({ kind }) => kind === 'denied')).toMatchObject([
      { requestId: 3, retryMs: 1000 },
      { requestId: 4, retryMs: 1000 },
    ]);
    expect(desk.dispatcher.counters.get('refused_no_place')).toBe(2);
  });
});

describe('a key of a submission', () => {
  const key = { idempotencyKey: 'mine' };
  const other = { ...key, spec: { ...SPEC, seed: 2 } };

  it('gives the run of the same grid, and refuses another one, naming the run', () => {
    desk.submit(submission('a', key));
    expect(desk.submit(submission('b', key))).toBe('a');
    expect(() => desk.submit(submission('c', other))).toThrow(
      expect.objectContaining({ code: 'conflict', message: expect.stringMatching(/run "a" \(running\)/) }),
    );
    expect([...desk.dispatcher.runs.keys()]).toEqual(['run', 'a']);
  });

  it('gives the run of the same grid also to a client of another version, which words what to cite otherwise', () => {
    const cited = (run: string, title: string) => {
      const uses = [{ kind: 'protocol' as const, name: 'fssd-paper' }];
      const references = [{ key: 'doe2026title', authors: 'Jane Doe', title, year: 2026, uses }];
      return submission(run, {
        ...key,
        spec: { kind: 'grid', slice: 4096, grid: { ...smallGrid(), references } },
      });
    };
    desk.submit(cited('a', 'A Title'));
    expect(desk.submit(cited('b', 'A Title, Corrected'))).toBe('a');
  });

  it('may be used again when its run was cancelled or has failed, also after a restart', () => {
    desk.submit(submission('a', key));
    desk.dispatcher.cancel('a');
    // Said again because its answer was lost, it is still the first.
    expect(desk.submit(submission('a', key))).toBe('a');
    expect(desk.submit(submission('b', other))).toBe('b');
    // Forgetting the first does not free the key of the second.
    desk.dispatcher.forget('a');
    desk.settle();
    desk.restart();
    expect(desk.submit(submission('c', other))).toBe('b');
    expect(() => desk.submit(submission('c', key))).toThrow(/run "b"/);
  });
});
