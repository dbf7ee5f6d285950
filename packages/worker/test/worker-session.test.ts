import { describe, expect, it } from 'vitest';
import { Conversation, chunkOf, delivery, leaseOf, NO_WORK, TASK } from './conversation.js';

const done = (token: string) => ({ kind: 'done', ...leaseOf(token), work: NO_WORK, seconds: 1 }) as const;
const failure = (token: string) =>
  ({
    kind: 'failed',
    ...leaseOf(token),
    code: 'internal',
    message: 'why',
    retryable: false,
    logTail: '',
    origin: 'task',
    blob: null,
  }) as const;
const connected = (slots?: number) => {
  const conversation = new Conversation(slots);
  conversation.connect();
  return conversation;
};
const nothing = () => undefined;

describe('numbered messages', () => {
  it('count from 1 over all leases, and on over connections', () => {
    const talk = connected();
    talk.grant('a');
    talk.grant('b');
    talk.session.chunk(chunkOf('a'), nothing);
    talk.session.chunk(chunkOf('b'), nothing);
    talk.session.end(done('a'));
    expect(talk.frames).toEqual([
      [1, 'chunk'],
      [2, 'chunk'],
      [3, 'done'],
    ]);
    talk.session.disconnected();
    talk.session.end(done('b'));
    expect(talk.session.registration()).toMatchObject({
      nextSequence: 1,
      held: [leaseOf('a'), leaseOf('b')],
    });
    talk.connect();
    expect(talk.frames).toEqual([
      [1, 'chunk'],
      [2, 'chunk'],
      [3, 'done'],
      [4, 'done'],
    ]);
  });

  it('are said again after a break from the first that was not acknowledged', () => {
    const talk = connected();
    talk.grant('a');
    for (const offset of [0, 2, 4]) talk.session.chunk(chunkOf('a', offset), nothing);
    talk.hear({ kind: 'ack', upTo: 2 });
    expect(talk.session.registration().nextSequence).toBe(3);
    talk.connect();
    expect(talk.frames).toEqual([[3, 'chunk']]);
    talk.hear({ kind: 'ack', upTo: 3 });
    expect([talk.session.isSettled, talk.session.registration().nextSequence]).toEqual([true, 4]);
  });

  it('that a heartbeat finds as the oldest for the second time are said again: they may be lost', () => {
    const talk = connected();
    talk.grant('a');
    talk.session.chunk(chunkOf('a'), nothing);
    talk.session.heartbeat();
    expect(talk.frames).toHaveLength(1);
    talk.session.heartbeat();
    expect(talk.frames).toEqual([
      [1, 'chunk'],
      [1, 'chunk'],
    ]);
    talk.hear({ kind: 'ack', upTo: 1 });
    talk.session.chunk(chunkOf('a', 2), nothing);
    talk.session.heartbeat();
    expect(talk.frames).toHaveLength(3);
  });

  it('come to nothing after the last word on their lease, and for a lease that is not held', () => {
    const talk = connected();
    talk.grant('a');
    talk.session.end(done('a'));
    talk.session.end(done('a'));
    talk.session.chunk(chunkOf('a'), nothing);
    talk.session.chunk(chunkOf('other'), nothing);
    talk.session.progress(leaseOf('other'), NO_WORK);
    talk.session.log(leaseOf('other'), 'line');
    expect(talk.frames).toEqual([[1, 'done']]);
    expect(talk.last('progress') ?? talk.last('log')).toBeUndefined();
  });
});

describe('the window', () => {
  it('lets a task go on until so many bytes are not acknowledged, and again when they are', () => {
    const talk = new Conversation();
    talk.connect(16);
    talk.grant('a');
    talk.grant('b');
    const ready: string[] = [];
    // Eight bytes each.
    for (const i of [0, 1, 2, 3]) talk.session.chunk(chunkOf('a', 2 * i), () => ready.push(`a${i}`));
    talk.session.chunk(chunkOf('b'), () => ready.push('b'));
    expect(ready).toEqual(['a0', 'a1', 'b']);
    talk.hear({ kind: 'ack', upTo: 1 });
    expect(ready).toEqual(['a0', 'a1', 'b']);
    talk.hear({ kind: 'ack', upTo: 2 });
    expect(ready).toEqual(['a0', 'a1', 'b', 'a2', 'a3']);
  });
});

describe('a lease', () => {
  it.each([done('a'), failure('a'), { kind: 'released', ...leaseOf('a') } as const])(
    'ends when its last word is acknowledged, not before: its message in the queue goes then: $kind',
    (word) => {
      const talk = connected(1);
      const message = delivery();
      talk.grant('a', message);
      talk.session.end(word);
      expect([talk.held, talk.session.room, message.told]).toEqual([1, 0, []]);
      talk.hear({ kind: 'ack', upTo: 1 });
      expect([talk.held, talk.session.room, message.told]).toEqual([0, 1, ['ack']]);
      expect(talk.told.at(-1)).toBe('room');
    },
  );

  it('that is cancelled is stopped, and nothing more is said of it', () => {
    const talk = connected();
    const message = delivery();
    talk.grant('a', message);
    talk.hear({ kind: 'cancel', lease: leaseOf('a') });
    talk.session.end(done('a'));
    expect(talk.told).toContain('cancel a');
    expect([talk.frames, message.told, talk.held]).toEqual([[], ['ack'], 0]);
  });

  it('of which something was refused as cancelled is dropped', () => {
    const talk = connected();
    talk.grant('a');
    talk.session.chunk(chunkOf('a'), nothing);
    talk.hear({ kind: 'refused', sequence: 1, code: 'cancelled', message: 'over' });
    expect([talk.told.includes('cancel a'), talk.held]).toEqual([true, 0]);
  });

  it('whose result was refused fails as the task on this worker, once', () => {
    const talk = connected();
    talk.grant('a');
    talk.session.chunk(chunkOf('a'), nothing);
    talk.session.end(done('a'));
    talk.hear({ kind: 'refused', sequence: 1, code: 'corrupt-data', message: 'NaN' });
    expect(talk.told).toContain('cancel a');
    expect(talk.last('reliable')).toMatchObject({
      sequence: 3,
      message: {
        kind: 'failed',
        token: 'a',
        code: 'corrupt-data',
        message: 'NaN',
        origin: 'task',
        retryable: false,
      },
    });
    talk.hear({ kind: 'refused', sequence: 3, code: 'corrupt-data', message: 'again' });
    expect([talk.frames.length, talk.held]).toEqual([3, 0]);
  });

  it('that advances keeps its message in the queue; one that stands still does not', () => {
    const talk = connected();
    const [one, other] = [delivery(1), delivery(2)];
    talk.grant('a', one);
    talk.grant('b', other);
    talk.session.heartbeat();
    talk.session.progress(leaseOf('a'), NO_WORK);
    talk.session.heartbeat();
    expect([one.told, other.told]).toEqual([['working', 'working'], ['working']]);
    // The coordinator is told of both: which leases live is its to judge.
    expect(talk.last('heartbeat')?.leases).toEqual([leaseOf('a'), leaseOf('b')]);
  });
});

describe('a request', () => {
  it('takes a place until it is answered, and is asked again over a new connection', () => {
    const talk = connected(2);
    talk.session.request(delivery(7));
    talk.session.request(null);
    expect(talk.session.room).toBe(0);
    talk.connect();
    expect(talk.said).toEqual([
      { kind: 'lease-request', requestId: 1, hint: { run: 'run', task: 7 } },
      { kind: 'lease-request', requestId: 2, hint: null },
    ]);
  });

  it('that is denied for good has its message acknowledged; one that is denied for now has it come again', () => {
    const talk = connected();
    const [gone, later] = [delivery(1), delivery(2)];
    talk.session.request(gone);
    talk.session.request(later);
    talk.hear({ kind: 'denied', requestId: 1, retryMs: null });
    talk.hear({ kind: 'denied', requestId: 2, retryMs: 300 });
    expect([gone.told, later.told, talk.session.room]).toEqual([['ack'], ['nak 300'], 4]);
  });
});

describe('a worker that takes no tasks', () => {
  it('because it stops, hands back what it is given all the same', () => {
    const talk = connected();
    talk.session.request(null);
    talk.session.stop();
    talk.hear({ kind: 'granted', requestId: 1, lease: leaseOf('a'), task: TASK });
    expect(talk.told).not.toContain('start a');
    expect([talk.frames, talk.session.room]).toEqual([[[1, 'released']], 0]);
  });

  it('because it stops, says so, and has not settled until it hears that no grant is on its way', () => {
    const talk = connected();
    talk.session.request(null);
    expect(talk.session.isSettled).toBe(true);
    talk.session.stop();
    expect(talk.last('heartbeat')?.isLeaving).toBe(true);
    expect(talk.session.isSettled).toBe(false);
    // On a new connection, before its requests are said again.
    talk.said = [];
    talk.connect();
    expect(talk.said.map(({ kind }) => kind)).toEqual(['heartbeat', 'lease-request']);
    talk.hear({ kind: 'drain' });
    expect(talk.session.isSettled).toBe(true);
    expect(talk.told).not.toContain('drain');
  });

  it('because it is set aside, asks for nothing until that is called off, here or by another coordinator', () => {
    const talk = connected();
    talk.hear({ kind: 'set-aside', reason: 'disk full', forMs: 500 });
    expect([talk.session.room, talk.told.at(-1)]).toEqual([0, 'set aside 500: disk full']);
    talk.hear({ kind: 'set-aside', reason: '', forMs: 0 });
    expect([talk.session.room, talk.told.at(-1)]).toEqual([4, 'room']);
    talk.hear({ kind: 'set-aside', reason: 'disk full', forMs: 500 });
    talk.connect();
    expect(talk.session.room).toBe(4);
  });

  it('because it is not well, says so at once and with every heartbeat until it is', () => {
    const talk = connected();
    talk.session.setTrouble('disk full');
    expect([talk.last('heartbeat')?.trouble, talk.session.room]).toEqual(['disk full', 0]);
    talk.session.heartbeat();
    expect(talk.last('heartbeat')?.trouble).toBe('disk full');
    talk.hear({ kind: 'set-aside', reason: 'disk full', forMs: 60_000 });
    talk.session.setTrouble('');
    expect([talk.last('heartbeat')?.trouble, talk.session.room, talk.told.at(-1)]).toEqual(['', 4, 'room']);
  });
});

it('a probe is answered at once: this process lives', () => {
  const talk = connected();
  talk.grant('a');
  talk.said = [];
  talk.hear({ kind: 'probe' });
  expect(talk.said).toEqual([
    { kind: 'heartbeat', leases: [leaseOf('a')], doing: 'this and that', trouble: '' },
  ]);
});
