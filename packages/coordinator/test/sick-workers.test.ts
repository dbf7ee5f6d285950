import { describe, expect, it } from 'vitest';
import { Desk, SPEC, submission, type TestPeer } from './desk.js';

const OWN = {
  origin: 'worker',
  code: 'resource-exhausted',
  message: 'the disk is full',
  retryable: true,
} as const;
const MINUTE = 60_000;

function desk(...workers: string[]) {
  const one = new Desk();
  const run = one.submit(submission('r'));
  return { one, run, peers: workers.map((id) => one.join(id)) as [TestPeer, TestPeer] };
}

/** A worker asks for a task; whether it got it. */
function takes({ one, run }: ReturnType<typeof desk>, peer: TestPeer, task: number): boolean {
  const before = peer.leases().length;
  one.ask(peer, run, task);
  return peer.leases().length > before;
}

const failuresOf = ({ one, run }: ReturnType<typeof desk>, task: number) =>
  one.dispatcher.ledger.run(run)?.tasks.failures(task);

describe("a failure that is the worker's own", () => {
  it('is no attempt of the task, sets the worker aside and says why', () => {
    const all = desk('sick', 'sound');
    const { one, run, peers } = all;
    const [sick] = peers;
    one.ask(sick, run, 0, 1);
    one.fail(sick, OWN);
    one.fail(sick, OWN);
    expect([0, 1].map((task) => one.stateOf(run, task))).toEqual(['ready', 'ready']);
    expect([failuresOf(all, 0), failuresOf(all, 1)]).toEqual([0, 0]);
    expect(one.dispatcher.asideOf('sick')?.reason).toBe('the disk is full');
    expect(one.events.filter(({ kind }) => kind === 'worker-set-aside')).toMatchObject([
      { workerId: 'sick', reason: 'the disk is full', seconds: 1 },
    ]);
    expect(takes(all, sick, 2)).toBe(false);
    expect(sick.kinds()).toContain('set-aside');
  });

  it('and its end are told the operator, once, also where no run is left that could tell', () => {
    const { one, run, peers } = desk('sick', 'sound');
    one.submit(submission('other'));
    one.ask(peers[0], run, 0);
    one.fail(peers[0], OWN);
    for (const id of [run, 'other']) one.dispatcher.cancel(id);
    one.settle();
    one.wait(MINUTE);
    expect(one.workerEvents.map(({ kind }) => kind)).toEqual(['worker-set-aside', 'worker-taken-back']);
    expect(one.events.filter(({ kind }) => kind === 'worker-taken-back')).toEqual([]);
  });

  it('never ends a run, however often it comes back', () => {
    const all = desk('sick', 'sound');
    const { one, run, peers } = all;
    for (let i = 0; i < 100; i++) {
      one.wait(MINUTE);
      if (takes(all, peers[0], i % 8)) one.fail(peers[0], OWN);
    }
    // Each task once, for the sound one could have taken it after that.
    expect(peers[0].over).toBe(8);
    expect(one.dispatcher.runs.get(run)?.status).toBe('running');
  });

  it('keeps it away for longer each time; then it gets one task to show that it is well, then all its places', () => {
    const all = desk('sick');
    const { one, run, peers } = all;
    const [sick] = peers;
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      expect(takes(all, sick, i)).toBe(true);
      expect(takes(all, sick, (i + 1) % 8)).toBe(i === 0);
      while (sick.leases().length > sick.over) one.fail(sick, OWN);
      waits.push((one.dispatcher.asideOf('sick')?.until ?? 0) - one.now);
      one.wait((waits[i] ?? 0) - 1);
      expect(takes(all, sick, (i + 1) % 8)).toBe(false);
      one.wait(1);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect([takes(all, sick, 0), takes(all, sick, 1)]).toEqual([true, false]);
    one.finish(sick);
    expect(one.events.at(-1)).toMatchObject({ kind: 'task-done' });
    expect([takes(all, sick, 1), takes(all, sick, 2)]).toEqual([true, true]);
    expect(one.dispatcher.runs.get(run)?.status).toBe('running');
  });

  it('is over when the worker says that it has checked itself, but not before the back-off is', () => {
    const all = desk('sick', 'sound');
    const { one, peers } = all;
    const [sick] = peers;
    const say = (trouble: string) => {
      one.dispatcher.receive(sick, { kind: 'heartbeat', leases: [], doing: '', trouble }, one.now);
      one.settle();
    };
    say('the cache folder cannot be used');
    one.wait(10 * MINUTE);
    expect(takes(all, sick, 0)).toBe(false);
    say('');
    expect(takes(all, sick, 0)).toBe(true);
    one.fail(sick, OWN);
    say('the cache folder cannot be used');
    say('');
    expect(takes(all, sick, 1)).toBe(false);
    one.wait(1000);
    expect(takes(all, sick, 1)).toBe(true);
  });

  it("is the task's after all where only that task provokes it", () => {
    const all = desk('lone');
    const { one, run, peers } = all;
    const [lone] = peers;
    const others = one.submit(submission('others', { spec: { ...SPEC, scores: 20 } }));
    let handedBack = 0;
    while (one.stateOf(run, 0) === 'ready' || one.stateOf(run, 0) === 'queued') {
      expect(takes(all, lone, 0)).toBe(true);
      one.fail(lone, OWN);
      one.wait(2 * MINUTE);
      one.ask(lone, others, handedBack++);
      one.finish(lone);
      one.wait(2 * MINUTE);
    }
    expect([handedBack, one.stateOf(run, 0)]).toEqual([10, 'quarantined']);
  });
});

describe("a failure that looks like the task's", () => {
  it('is tried on another worker first, also where another attempt on the same one would fail alike', () => {
    const all = desk('sick', 'sound');
    const { one, run, peers } = all;
    const [sick, sound] = peers;
    takes(all, sick, 0);
    one.fail(sick, { code: 'corrupt-data', retryable: false });
    expect(one.stateOf(run, 0)).toBe('ready');
    one.wait(MINUTE);
    expect(takes(all, sick, 0)).toBe(false);
    expect(takes(all, sound, 0)).toBe(true);
    one.finish(sound);
    expect(one.stateOf(run, 0)).toBe('done');
  });

  it('goes to one that handed the task back, when that one is well again', () => {
    const all = desk('sick', 'sound');
    const { one, peers } = all;
    const [sick, sound] = peers;
    takes(all, sound, 0);
    one.fail(sound, OWN);
    one.wait(MINUTE);
    expect(takes(all, sick, 0)).toBe(true);
    one.fail(sick, { retryable: true });
    one.wait(MINUTE);
    expect(takes(all, sick, 0)).toBe(false);
    expect(takes(all, sound, 0)).toBe(true);
  });

  it('goes to one of which another attempt may come to its end, not to one that would fail alike', () => {
    const all = desk('broken', 'unlucky');
    const { one, peers } = all;
    const [broken, unlucky] = peers;
    takes(all, broken, 0);
    one.fail(broken, { code: 'not-finite' });
    one.wait(MINUTE);
    expect(takes(all, unlucky, 0)).toBe(true);
    one.fail(unlucky, { code: 'unavailable', retryable: true });
    one.wait(MINUTE);
    expect(takes(all, broken, 0)).toBe(false);
    expect(takes(all, unlucky, 0)).toBe(true);
  });

  it('sets the worker aside when others do what it failed, and it serves where nobody else can', () => {
    const all = desk('sick', 'sound');
    const { one, peers } = all;
    const [sick, sound] = peers;
    for (const task of [0, 1, 2]) {
      expect(takes(all, sick, task)).toBe(true);
      one.fail(sick, { message: 'not a finite number' });
      one.wait(5000);
      expect(takes(all, sound, task)).toBe(true);
      one.finish(sound);
    }
    expect(one.dispatcher.asideOf('sick')?.reason).toMatch(
      /failed tasks that others then did.*not a finite number/,
    );
    expect(takes(all, sick, 3)).toBe(false);
    one.dispatcher.disconnected(sound, one.now);
    one.settle();
    expect(takes(all, sick, 3)).toBe(true);
  });

  it('ends a task that fails on every worker, after one attempt on each', () => {
    const all = desk('a', 'b');
    const { one, run, peers } = all;
    takes(all, peers[0], 0);
    one.fail(peers[0]);
    one.wait(MINUTE);
    takes(all, peers[1], 0);
    one.fail(peers[1]);
    expect(one.stateOf(run, 0)).toBe('failed');
    expect(failuresOf(all, 0)).toBe(2);
  });

  it('is final at once where there is one worker, and another attempt would fail alike', () => {
    const all = desk('lone');
    takes(all, all.peers[0], 0);
    all.one.fail(all.peers[0]);
    expect(all.one.stateOf(all.run, 0)).toBe('failed');
  });

  it('is remembered over a restart', () => {
    const all = desk('sick', 'sound');
    const { one, run, peers } = all;
    takes(all, peers[0], 0);
    one.fail(peers[0], { retryable: true });
    one.restart();
    const [sick, sound] = [one.join('sick'), one.join('sound')];
    one.wait(MINUTE);
    expect(takes(all, sick, 0)).toBe(false);
    expect(takes(all, sound, 0)).toBe(true);
    expect(one.stateOf(run, 0)).toBe('running');
  });
});
