import type { CoordinatorMessage, LeaseRef, Registration, WorkerPeer } from '@oodgrid/transport';
import { PROTOCOL_VERSION } from '@oodgrid/transport';
import {
  DEFAULT_LEDGER_SETTINGS,
  Dispatcher,
  type JournalRecord,
  makeWorkload,
  type SubmittedRecord,
  type SyntheticSpec,
} from '../src/index.js';

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

/** A dispatcher whose journal, clock and publications a test sees. */
export class Desk {
  now = 0;
  readonly journal: JournalRecord[] = [];
  readonly published: string[] = [];
  #tokens = 0;
  dispatcher = this.#make();

  /** The coordinator starts again from its journal. */
  restart(): void {
    this.dispatcher = this.#make();
    for (const record of this.journal) this.dispatcher.replay(record, this.now);
    this.dispatcher.resume([], this.now);
  }

  submit(submitted: SubmittedRecord): string {
    const { run } = this.dispatcher.submit(submitted);
    this.settle();
    return run;
  }

  join(workerId: string, more: Partial<Registration> & { slots?: number; pool?: string } = {}): TestPeer {
    const peer = new TestPeer();
    const { slots = 2, pool = 'class', ...rest } = more;
    const worker = {
      workerId,
      incarnation: 'i',
      numericsClass: pool,
      engine: { kind: 'none', version: '1', device: 'cpu' },
      host: 'host-a',
      pid: 41,
      slots,
      memoryBytes: 1,
    };
    const said = { protocol: PROTOCOL_VERSION, proof: workerId, held: [], nextSequence: 1, worker, ...rest };
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
      makeWorkload,
      results: { find: () => undefined },
      publish: ({ run, task }) => this.published.push(`${run}/${task}`),
      queue: 'q',
      compute: () => undefined,
      merge: () => undefined,
      onEvent: () => undefined,
      wallClock: () => new Date(this.now),
    });
  }
}
