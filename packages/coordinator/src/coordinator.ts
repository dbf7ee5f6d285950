import { type Digest, OodError } from '@oodgrid/contract';
import type { Registration, WorkerHandler, WorkerMessage, WorkerPeer } from '@oodgrid/transport';
import { BackgroundWork } from './background-work.js';
import type { CoordinatorOptions, Done } from './coordinator-options.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { compactJournal } from './dispatch/snapshot.js';
import { Tallies } from './dispatch/tallies.js';
import { type ResultReader, usableResults } from './store/result-reader.js';
import type { Store } from './store/store.js';

const TICK_MS = 250;
const REOPEN_MS = 1000;
/** Records after which the journal is worth replacing by a snapshot at the next start. */
const COMPACT_AFTER = 100_000;

/**
 * Runs the dispatcher with a store, clock and timers: gathers what comes in one turn, commits it as one, and only then lets
 * out what follows. When the store fails it forgets what it knows, says nothing, and starts again from what
 * is durable.
 */
export class Coordinator implements WorkerHandler {
  readonly #options: CoordinatorOptions;
  /** Counters since the start, kept even when the store is reopened. */
  readonly tallies = new Tallies();
  readonly #peers = new Set<WorkerPeer>();
  #store: Store | undefined;
  #dispatcher: Dispatcher | undefined;
  #waiting: ((problem: OodError | null) => void)[] = [];
  #isScheduled = false;
  #isClosed = false;
  #storeProblem: OodError | undefined;
  #cancelTimer: () => void = () => undefined;

  /** Throws when the store cannot be opened. */
  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#open();
    this.#scheduleTick();
  }

  /** Asks the dispatcher something that changes nothing. Throws `unavailable` while the store is broken. */
  read<T>(question: (dispatcher: Dispatcher) => T): T {
    return question(this.#alive());
  }

  /** Changes something; `done` is called when it is durable, or could not be stored. Throws what refuses it. */
  update<T>(work: (dispatcher: Dispatcher, now: number) => T, done: Done<T>): void {
    const value = work(this.#alive(), this.#options.environment.now());
    this.#waiting.push((problem) => done(problem === null ? { value } : { problem }));
    this.#scheduleCommit();
  }

  /** Changes something; resolves when it is durable, rejects when it was refused or could not be stored. */
  change<T>(work: (dispatcher: Dispatcher, now: number) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.update(work, (outcome) => {
        if ('value' in outcome) resolve(outcome.value);
        else reject(outcome.problem);
      });
    });
  }

  /** Blobs of fitted states that results in the cache refer to. */
  fittedBlobs(): Iterable<Digest> {
    return this.#aliveStore().fittedBlobs();
  }

  /** Id of this coordinator's own queue. */
  get queue(): string {
    return this.#aliveStore().id;
  }

  /** Whether the store is open: while it is not, everything stands still. */
  get isStoreUp(): boolean {
    return this.#store !== undefined;
  }

  get results(): ResultReader {
    return this.#aliveStore();
  }

  register(peer: WorkerPeer, registration: Registration): void {
    this.#alive().register(peer, registration, this.#options.environment.now());
    this.#peers.add(peer);
    this.#scheduleCommit();
  }

  receive(peer: WorkerPeer, message: WorkerMessage): void {
    // After a failure of the store the peer is told to come back.
    if (!this.#peers.has(peer)) return;
    this.#guarded((dispatcher, now) => dispatcher.receive(peer, message, now));
    this.#scheduleCommit();
  }

  disconnected(peer: WorkerPeer): void {
    if (!this.#peers.delete(peer)) return;
    this.#dispatcher?.disconnected(peer, this.#options.environment.now());
    this.#scheduleCommit();
  }

  /** A blob was stored: what waits for it goes on. */
  blobArrived(blob: Digest): void {
    this.#guarded((dispatcher) => dispatcher.blobArrived(blob));
    this.#scheduleCommit();
  }

  /** The queue is back, and may have lost everything. */
  queueReturned(): void {
    this.#dispatcher?.publishAgain(this.#options.environment.now());
    this.#scheduleCommit();
  }

  /** Commits what is there and lets go of the store. */
  close(): void {
    if (this.#dispatcher !== undefined) this.#commit();
    this.#isClosed = true;
    this.#cancelTimer();
    this.#store?.close();
  }

  #alive(): Dispatcher {
    if (this.#dispatcher === undefined) {
      throw this.#storeProblem ?? new OodError('unavailable', 'the coordinator has stopped');
    }
    return this.#dispatcher;
  }

  #aliveStore(): Store {
    if (this.#store === undefined)
      throw this.#storeProblem ?? new OodError('unavailable', 'the store is closed');
    return this.#store;
  }

  #open(): void {
    const { health, environment, ledger, jitter, makeWorkload, publisher, openStore } = this.#options;
    const store = openStore();
    const results = usableResults(store, this.#options.blobs);
    try {
      const background = new BackgroundWork({
        ...this.#options,
        store,
        enter: (work) => {
          if (this.#isClosed || this.#dispatcher !== dispatcher) return;
          this.#guarded(work);
          this.#scheduleCommit();
        },
      });
      const dispatcher: Dispatcher = new Dispatcher({
        ledger,
        ...(health === undefined ? {} : { health }),
        jitter,
        newToken: environment.newToken,
        makeWorkload,
        results,
        publisher,
        tallies: this.tallies,
        queue: store.id,
        gatherMs: this.#options.gatherMs,
        checkBlob: (blob) => background.checkBlob(blob),
        compute: (run, id) => background.compute(run, id),
        merge: (run) => background.merge(run),
        onEvent: this.#options.onEvent,
        onWorkerEvent: this.#options.onWorkerEvent,
        wallClock: environment.wallClock,
      });
      const now = environment.now();
      let count = 0;
      for (const record of store.records()) {
        dispatcher.replay(record, now);
        count++;
      }
      if (count > COMPACT_AFTER) store.compact([...compactJournal(dispatcher, store.records())]);
      dispatcher.resume(store.chunks(), now);
      this.#store = store;
      this.#dispatcher = dispatcher;
      this.#storeProblem = undefined;
    } catch (error) {
      store.close();
      throw error;
    }
    this.#scheduleCommit();
  }

  #scheduleCommit(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.environment.soon(() => {
      this.#isScheduled = false;
      if (!this.#isClosed) this.#commit();
    });
  }

  #commit(): void {
    const dispatcher = this.#dispatcher;
    const store = this.#store;
    if (dispatcher === undefined || store === undefined) return;
    let isPumped = true;
    this.#guarded((_alive, now) => {
      isPumped = dispatcher.pump(now);
    });
    if (this.#dispatcher !== dispatcher) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    const batch = dispatcher.take();
    const { records, chunks, results, endedLeases } = batch.store;
    try {
      if (records.length + chunks.length + results.length + endedLeases.length > 0) {
        const start = this.#options.environment.now();
        store.commit(batch.store);
        this.tallies.commitSeconds.add((this.#options.environment.now() - start) / 1000);
        this.tallies.commitRecords.add(records.length);
      }
    } catch (thrown) {
      const error = OodError.from(thrown);
      this.#waiting.unshift(...waiting);
      this.#fail(error);
      return;
    }
    for (const effect of batch.effects) effect();
    for (const settle of waiting) settle(null);
    if (!isPumped || dispatcher.hasWork) this.#scheduleCommit();
  }

  /** Runs a change. One that throws half-way leaves memory that cannot be trusted, which is dropped like that of a failed commit. */
  #guarded(work: (dispatcher: Dispatcher, now: number) => void): void {
    if (this.#dispatcher === undefined) return;
    try {
      work(this.#dispatcher, this.#options.environment.now());
    } catch (thrown) {
      this.#fail(OodError.from(thrown));
    }
  }

  /** Drops what is in memory, which is ahead of what is durable, tells everybody who waits, and opens the store again. */
  #fail(error: OodError): void {
    this.tallies.storeFailures++;
    this.#storeProblem = error;
    this.#dispatcher = undefined;
    const store = this.#store;
    this.#store = undefined;
    this.#options.onStore(error);
    for (const settle of this.#waiting.splice(0)) settle(error);
    for (const peer of this.#peers) peer.close(error.message);
    this.#peers.clear();
    try {
      store?.close();
    } catch {
      // It failed already, and is opened anew.
    }
    this.#options.environment.later(() => this.#reopen(), REOPEN_MS);
  }

  #reopen(): void {
    if (this.#isClosed) return;
    try {
      this.#open();
      this.#options.onStore(null);
    } catch (thrown) {
      this.tallies.storeFailures++;
      this.#storeProblem = OodError.from(thrown);
      this.#options.environment.later(() => this.#reopen(), REOPEN_MS);
    }
  }

  #scheduleTick(): void {
    this.#cancelTimer = this.#options.environment.later(() => {
      if (this.#isClosed) return;
      this.#guarded((dispatcher, now) => dispatcher.tick(now));
      if (this.#dispatcher?.hasWork === true) this.#scheduleCommit();
      this.#scheduleTick();
    }, TICK_MS);
  }
}
