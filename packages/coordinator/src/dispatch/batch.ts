import type { RunEvent } from '@oodgrid/contract';
import type { CoordinatorMessage, WorkerPeer } from '@oodgrid/transport';
import type { JournalRecord } from '../store/journal-record.js';
import type { StagedChunk, StoreBatch } from '../store/store.js';

/** An action that follows once the batch is durable: an answer, a publication or an event. */
export type Effect = () => void;

export interface DispatchBatch {
  readonly store: StoreBatch;
  readonly effects: readonly Effect[];
}

/** Collects what a turn of the coordinator wants durable, and what may only be said after it. */
export class BatchBuilder {
  readonly #onEvent: (run: string, event: RunEvent) => void;
  readonly #onWorkerEvent: (event: RunEvent) => void;
  #records: JournalRecord[] = [];
  #chunks = new Map<string, StagedChunk[]>();
  #endedLeases: string[] = [];
  #results: StoreBatch['results'][number][] = [];
  #effects: Effect[] = [];
  #acks = new Map<WorkerPeer, number>();

  /** Both are told what is emitted, once the batch is durable. */
  constructor(
    onEvent: (run: string, event: RunEvent) => void,
    onWorkerEvent: (event: RunEvent) => void = () => undefined,
  ) {
    this.#onEvent = onEvent;
    this.#onWorkerEvent = onWorkerEvent;
  }

  get isEmpty(): boolean {
    return this.#effects.length === 0 && this.#acks.size === 0 && this.#records.length === 0;
  }

  record(record: JournalRecord): void {
    this.#records.push(record);
  }

  chunk(chunk: StagedChunk): void {
    const known = this.#chunks.get(chunk.token);
    if (known === undefined) this.#chunks.set(chunk.token, [chunk]);
    else known.push(chunk);
  }

  result(result: StoreBatch['results'][number]): void {
    this.#results.push(result);
  }

  /** Chunks of a lease that ended are not kept: those of this batch are never written. */
  endLease(token: string): void {
    this.#chunks.delete(token);
    this.#endedLeases.push(token);
  }

  after(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** Sends a message to a worker, after the commit. */
  send(peer: WorkerPeer, message: CoordinatorMessage): void {
    this.#effects.push(() => peer.send(message));
  }

  /** Tells those who watch a run, after the commit. */
  emit(run: string, event: RunEvent): void {
    this.#effects.push(() => this.#onEvent(run, event));
  }

  /** Tells whoever looks after workers, after the commit. */
  emitOfWorker(event: RunEvent): void {
    this.#effects.push(() => this.#onWorkerEvent(event));
  }

  /** Acknowledges everything of the peer up to a number: one message for the whole batch. */
  ack(peer: WorkerPeer, upTo: number): void {
    this.#acks.set(peer, upTo);
  }

  take(): DispatchBatch {
    const acks = this.#acks;
    const effects = this.#effects;
    for (const [peer, upTo] of acks) effects.push(() => peer.send({ kind: 'ack', upTo }));
    const store: StoreBatch = {
      records: this.#records,
      chunks: [...this.#chunks.values()].flat(),
      endedLeases: this.#endedLeases,
      results: this.#results,
    };
    this.#records = [];
    this.#chunks = new Map();
    this.#endedLeases = [];
    this.#results = [];
    this.#effects = [];
    this.#acks = new Map();
    return { store, effects };
  }
}
