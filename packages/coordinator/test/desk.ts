import type { Digest, RunEvent, SyntheticSpec } from '@oodgrid/contract';
import type {
  CoordinatorMessage,
  FailedMessage,
  LeaseRef,
  Registration,
  ReliableMessage,
  WorkerPeer,
} from '@oodgrid/transport';
import { WIRE_VERSION } from '@oodgrid/transport';
import {
  DEFAULT_LEDGER_SETTINGS,
  Dispatcher,
  type JournalRecord,
  makeGridWorkload,
  makeWorkload,
  type SubmittedRecord,
  type UnitResult,
} from '../src/index.js';

const NO_WORK = { images: 0, forwards: 0, gradients: 0 };

export const SPEC: SyntheticSpec = {
  kind: 'synthetic',
  seed: 1,
  fits: 0,
  sweeps: 0,
  scores: 8,
  rows: 1,
  milliseconds: 0,
  fault: 'none',
};

export const submission = (run: string, more: Partial<SubmittedRecord> = {}): SubmittedRecord => ({
  kind: 'submitted',
  run,
  name: run,
  at: new Date(0).toISOString(),
  idempotencyKey: null,
  priority: 0,
  pool: null,
  isCacheUsed: false,
  spec: SPEC,
  ...more,
});

/** A worker of which only the words are there. */
export class TestPeer implements WorkerPeer {
  readonly received: CoordinatorMessage[] = [];
  closedFor: string | undefined;
  /** Reliable messages that it said, and leases that ended with them. */
  said = 0;
  over = 0;

  send(message: CoordinatorMessage): void {
    this.received.push(message);
  }

  close(reason: string): void {
    this.closedFor = reason;
  }

  kinds(): readonly string[] {
    return this.received.map(({ kind }) => kind);
  }

  leases(): readonly LeaseRef[] {
    return this.received.flatMap((message) => (message.kind === 'granted' ? [message.lease] : []));
  }
}

type JoinOptions = Partial<Registration> & { slots?: number; pool?: string; memoryBytes?: number };

/** A dispatcher whose journal, clock and publications a test sees. */
export class Desk {
  now = 0;
  /** Runs have a class at once, unless a test wants to see it chosen. */
  readonly gatherMs: number;
  readonly journal: JournalRecord[] = [];
  /** What the queue holds. */
  queue: { readonly hint: string; readonly pool: string }[] = [];
  readonly events: RunEvent[] = [];
  /** What became of workers. */
  readonly workerEvents: RunEvent[] = [];
  /** What is in the cache. */
  readonly results = new Map<Digest, UnitResult>();
  /** Blobs that the store was to be looked at for. */
  readonly checks: string[] = [];
  #tokens = 0;
  dispatcher: Dispatcher;

  /** Without a queue, workers ask for any task. */
  readonly isQueueless: boolean;

  /** Whether synthetic runs are planned. */
  isSyntheticAllowed = true;

  constructor({ gatherMs = 0, isQueueless = false } = {}) {
    this.gatherMs = gatherMs;
    this.isQueueless = isQueueless;
    this.dispatcher = this.#make();
  }

  /** The coordinator starts again from its journal. */
  restart(): void {
    this.dispatcher = this.#make();
    for (const record of this.journal) this.dispatcher.replay(record, this.now);
    this.dispatcher.resume([], this.now);
  }

  submit(submitted: SubmittedRecord): string {
    const { run } = this.dispatcher.submit(submitted, this.now);
    this.settle();
    return run;
  }

  join(workerId: string, more: JoinOptions = {}): TestPeer {
    const peer = new TestPeer();
    const { slots = 2, pool = 'class', memoryBytes = 1, ...rest } = more;
    const worker = {
      workerId,
      incarnation: 'i',
      numericsClass: pool,
      engine: { kind: 'none', version: '1', device: 'cpu' },
      host: 'host-a',
      pid: 41,
      slots,
      memoryBytes,
    };
    const said = { protocol: WIRE_VERSION, proof: workerId, held: [], nextSequence: 1, worker, ...rest };
    this.dispatcher.register(peer, said, this.now);
    this.settle();
    return peer;
  }

  ask(peer: WorkerPeer, run: string, ...tasks: number[]): void {
    for (const task of tasks) {
      const hint = { run, task };
      this.dispatcher.receive(peer, { kind: 'lease-request', requestId: task + 1, hint }, this.now);
    }
    this.settle();
  }

  /** The first lease that a worker holds ends like this. */
  fail(peer: TestPeer, message: Partial<FailedMessage> = {}): void {
    const failure = {
      code: 'internal',
      message: 'why',
      retryable: false,
      logTail: '',
      origin: 'task',
      blob: null,
    } as const;
    this.say(peer, (lease) => ({ kind: 'failed', ...lease, ...failure, ...message }));
  }

  finish(peer: TestPeer): void {
    this.say(peer, (lease) => {
      const { run, task } = lease;
      const [unit] = this.dispatcher.runs.get(run)?.bind(task).units ?? [];
      if (unit === undefined) throw new Error('there is no such task');
      return {
        kind: 'chunk',
        ...lease,
        key: unit.key,
        offsetRows: 0,
        rows: 1,
        columns: 1,
        data: Float32Array.of(task),
      };
    });
    this.say(peer, (lease) => ({ kind: 'done', ...lease, work: NO_WORK, seconds: 1 }), true);
  }

  finishFit(peer: TestPeer, blob: Digest): void {
    this.say(
      peer,
      (lease) => {
        const [unit] = this.dispatcher.runs.get(lease.run)?.bind(lease.task).units ?? [];
        if (unit === undefined) throw new Error('there is no such task');
        return { kind: 'fitted', ...lease, key: unit.key, blob };
      },
      false,
    );
    this.say(peer, (lease) => ({ kind: 'done', ...lease, work: NO_WORK, seconds: 1 }));
  }

  say(peer: TestPeer, make: (lease: LeaseRef) => ReliableMessage, isLast = true): void {
    const lease = peer.leases()[peer.over];
    if (lease === undefined) throw new Error('the worker holds nothing');
    const message = make(lease);
    if (isLast && message.kind !== 'chunk') peer.over++;
    this.dispatcher.receive(peer, { kind: 'reliable', sequence: ++peer.said, message }, this.now);
    this.settle();
  }

  /** Time passes. */
  wait(milliseconds: number): void {
    this.now += milliseconds;
    this.dispatcher.tick(this.now);
    this.settle();
  }

  stateOf(run: string, task: number): string | undefined {
    return this.dispatcher.ledger.run(run)?.tasks.state(task);
  }

  /** Everything is durable at once, and said. */
  settle(): void {
    this.dispatcher.pump(this.now);
    const { store, effects } = this.dispatcher.take();
    this.journal.push(...store.records);
    for (const effect of effects) effect();
  }

  #make(): Dispatcher {
    return new Dispatcher({
      ledger: DEFAULT_LEDGER_SETTINGS,
      jitter: () => 0,
      newToken: () => `t${++this.#tokens}`,
      makeWorkload: this.isSyntheticAllowed ? makeWorkload : makeGridWorkload,
      results: { find: (key) => this.results.get(key) },
      checkBlob: (blob) => this.checks.push(blob),
      publisher: this.isQueueless
        ? null
        : {
            publish: ({ run, task, pool }) => this.queue.push({ hint: `${run}/${task}`, pool }),
            clear: (pool) => {
              this.queue = this.queue.filter((message) => pool !== null && message.pool !== pool);
            },
          },
      gatherMs: this.gatherMs,
      queue: 'q',
      compute: () => undefined,
      merge: () => undefined,
      onEvent: (_run, event) => this.events.push(event),
      onWorkerEvent: (event) => this.workerEvents.push(event),
      wallClock: () => new Date(this.now),
    });
  }
}
