import { OodError, sha256, type WorkSpec } from '@oodgrid/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { AttemptError } from '../src/attempt-error.js';
import type { OfTask } from '../src/executor/messages.js';
import { type BlobAccess, HeldTasks } from '../src/held-tasks.js';
import { Conversation, leaseOf, NO_INPUTS, NO_WORK, TASK } from './conversation.js';

const blob = sha256('blob');
const key = TASK.key;

/** Blobs that come when the test says so. */
class Blobs implements BlobAccess {
  readonly happened: string[] = [];
  problem: unknown;
  /** Ends the fetch of a task that waits; absent: nobody waits. */
  arrive: (() => void) | undefined;
  isSlow = false;

  async fetch(_task: WorkSpec): Promise<() => void> {
    if (this.isSlow) {
      await new Promise<void>((resolve) => {
        this.arrive = resolve;
      });
    }
    this.#fail();
    return () => this.happened.push('let go');
  }

  async publish(): Promise<void> {
    this.#fail();
    this.happened.push('published');
  }

  async heal(): Promise<void> {
    this.#fail();
    this.happened.push('healed');
  }

  #fail(): void {
    if (this.problem !== undefined) throw this.problem;
  }
}

let talk: Conversation;
let blobs: Blobs;
let tasks: HeldTasks;
/** What executors were told. */
let computed: string[];
let ownFailures: string[];

beforeEach(() => {
  talk = new Conversation();
  talk.connect(16);
  blobs = new Blobs();
  computed = [];
  ownFailures = [];
  tasks = new HeldTasks({
    pool: () => ({
      start: (token) => computed.push(`start ${token}`),
      stop: (token) => computed.push(`stop ${token}`),
      ready: (token) => computed.push(`ready ${token}`),
    }),
    session: () => talk.session,
    blobs,
    log: () => undefined,
    onOwnFailure: ({ message }) => ownFailures.push(message),
  });
});

const settled = () => new Promise(setImmediate);
async function begin(token = 'a'): Promise<void> {
  talk.grant(token);
  tasks.start(leaseOf(token), TASK);
  await settled();
}
async function hear(message: OfTask): Promise<void> {
  tasks.fromExecutor(message);
  await settled();
}
const lastWord = () => talk.last('reliable')?.message;
const failed = (more: object) =>
  ({
    kind: 'failed',
    token: 'a',
    code: 'internal',
    message: 'why',
    origin: 'task',
    blob: null,
    ...more,
  }) as const;

describe('a task that is held', () => {
  it('is computed when its blobs are there, and lets go of them with its last word', async () => {
    blobs.isSlow = true;
    await begin();
    expect(computed).toEqual([]);
    blobs.arrive?.();
    await settled();
    expect([computed, blobs.happened]).toEqual([['start a'], []]);
    await hear({ kind: 'done', token: 'a', fitted: [], work: NO_WORK, inputs: NO_INPUTS, seconds: 2 });
    expect(lastWord()).toMatchObject({ kind: 'done', token: 'a', seconds: 2 });
    expect([blobs.happened, tasks.size]).toEqual([['let go'], 0]);
  });

  it('says what it fitted when the coordinator has the state, and is done after that', async () => {
    await begin();
    await hear({
      kind: 'done',
      token: 'a',
      fitted: [{ key, blob }],
      work: NO_WORK,
      inputs: NO_INPUTS,
      seconds: 1,
    });
    expect(blobs.happened).toEqual(['published', 'let go']);
    expect(talk.frames.map(([, kind]) => kind)).toEqual(['fitted', 'done']);
  });

  it('fails by its worker when the coordinator cannot be given the state', async () => {
    await begin();
    blobs.problem = new OodError('unavailable', 'no way');
    await hear({
      kind: 'done',
      token: 'a',
      fitted: [{ key, blob }],
      work: NO_WORK,
      inputs: NO_INPUTS,
      seconds: 1,
    });
    expect(talk.frames.map(([, kind]) => kind)).toEqual(['failed']);
    expect(lastWord()).toMatchObject({ origin: 'worker', retryable: true });
    expect(ownFailures).toEqual(['no way']);
  });

  it('sends a large chunk in pieces, and asks for more when all of it is in the window', async () => {
    await begin();
    const rows = 100_000;
    const chunk = { kind: 'chunk', token: 'a', key, offsetRows: 4, rows, columns: 1 } as const;
    await hear({ ...chunk, data: new Float32Array(rows), wantsReady: true });
    const pieces = talk.said.flatMap((said) =>
      said.kind === 'reliable' && said.message.kind === 'chunk' ? [said.message] : [],
    );
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.map(({ data }) => data.byteLength).every((bytes) => bytes <= 256 * 1024)).toBe(true);
    expect(pieces.map(({ offsetRows }) => offsetRows)[1]).toBe(4 + (pieces[0]?.rows ?? 0));
    expect(pieces.reduce((sum, piece) => sum + piece.rows, 0)).toBe(rows);
    expect(computed).toEqual(['start a']);
    talk.hear({ kind: 'ack', upTo: pieces.length });
    expect(computed).toEqual(['start a', 'ready a']);
  });
});

describe('whose failure it is', () => {
  it.each([
    ['worker', null, ['why']],
    ['store', blob, []],
    ['task', null, []],
  ] as const)('is told when blobs cannot be had: %s', async (origin, told, own) => {
    blobs.problem = new AttemptError(new OodError('not-found', 'why'), origin, blob);
    await begin();
    expect(lastWord()).toMatchObject({ kind: 'failed', origin, blob: told, code: 'not-found' });
    expect([ownFailures, computed, tasks.size]).toEqual([own, [], 0]);
  });

  it.each([
    ['unavailable', true],
    ['resource-exhausted', true],
    ['invalid-input', false],
    ['not-finite', false],
    ['internal', false],
  ] as const)('%s may be tried again: %s', async (code, retryable) => {
    await begin();
    await hear(failed({ code }));
    expect(lastWord()).toMatchObject({ kind: 'failed', code, retryable });
  });

  it('comes with the last lines of an executor that crashed', async () => {
    await begin();
    tasks.failed('a', AttemptError.from(new OodError('unavailable', 'crashed')), 'last lines');
    expect(lastWord()).toMatchObject({ kind: 'failed', logTail: 'last lines', origin: 'task' });
  });
});

describe('a blob of the cache that an executor finds damaged', () => {
  const damaged = failed({ code: 'corrupt-data', message: 'damaged', origin: 'worker', blob });

  it('is fetched again and the task begun anew, which is no failure', async () => {
    await begin();
    await hear(damaged);
    expect([blobs.happened, computed, talk.frames]).toEqual([['healed'], ['start a', 'start a'], []]);
  });

  it("is the worker's own failure when it is damaged again and again", async () => {
    await begin();
    for (let i = 0; i < 3; i++) await hear(damaged);
    expect(talk.frames).toEqual([]);
    await hear(damaged);
    expect(lastWord()).toMatchObject({ kind: 'failed', origin: 'worker', message: 'damaged' });
    expect([computed.length, ownFailures]).toEqual([4, ['damaged']]);
  });

  it('fails the task by whoever cannot give it', async () => {
    await begin();
    blobs.problem = new AttemptError(new OodError('not-found', 'gone'), 'store', blob);
    await hear(damaged);
    expect(lastWord()).toMatchObject({ kind: 'failed', origin: 'store', blob });
    expect(ownFailures).toEqual([]);
  });

  it('begins nothing anew where the lease is over by then, cancelled or handed back', async () => {
    await begin('a');
    await begin('b');
    for (const token of ['a', 'b']) tasks.fromExecutor({ ...damaged, token });
    tasks.cancel(leaseOf('a'));
    tasks.failAll(new AttemptError(new OodError('engine-missing', 'no engine'), 'worker'));
    await settled();
    expect(computed).toEqual(['start a', 'start b', 'stop a']);
  });
});

describe('a task that is cancelled', () => {
  it('while its blobs are fetched is not computed, and lets go of them', async () => {
    blobs.isSlow = true;
    await begin();
    tasks.cancel(leaseOf('a'));
    blobs.arrive?.();
    await settled();
    expect([computed, blobs.happened, tasks.size]).toEqual([['stop a'], ['let go'], 0]);
  });

  it('while it is computed is stopped, and nothing that still comes of it is said', async () => {
    await begin();
    tasks.cancel(leaseOf('a'));
    await hear({ kind: 'done', token: 'a', fitted: [], work: NO_WORK, inputs: NO_INPUTS, seconds: 1 });
    await hear({ kind: 'stopped', token: 'a' });
    expect([computed, blobs.happened, talk.frames]).toEqual([['start a', 'stop a'], ['let go'], []]);
  });
});

describe('a worker that stops', () => {
  it('hands back what stops between batches, and what crashes on the way: neither is a failure', async () => {
    await begin('a');
    await begin('b');
    tasks.stopAll();
    expect(computed.slice(2)).toEqual(['stop a', 'stop b']);
    await hear({ kind: 'stopped', token: 'a' });
    tasks.failed('b', AttemptError.from(new OodError('unavailable', 'crashed')), '');
    expect(talk.frames.map(([, kind]) => kind)).toEqual(['released', 'released']);
    expect([tasks.size, ownFailures]).toEqual([0, []]);
  });

  it('without an engine hands everything back as a failure of its own', async () => {
    await begin('a');
    await begin('b');
    tasks.failAll(new AttemptError(new OodError('engine-missing', 'no engine'), 'worker'));
    expect(talk.frames.map(([, kind]) => kind)).toEqual(['failed', 'failed']);
    expect(lastWord()).toMatchObject({ origin: 'worker', code: 'engine-missing' });
    expect(tasks.size).toBe(0);
  });
});
