import { type Digest, OodError } from '@oodgrid/protocol';
import type {
  Registration,
  TaskPublisher,
  WorkerHandler,
  WorkerMessage,
  WorkerPeer,
} from '@oodgrid/transport';
import { Dispatcher } from './dispatch/dispatcher.js';
import type { RunEvent } from './dispatch/run-events.js';
import type { RunState } from './dispatch/run-state.js';
import { compactJournal } from './dispatch/snapshot.js';
import type { HealthSettings } from './dispatch/worker-health.js';
import type { LedgerSettings } from './ledger/ledger-events.js';
import type { SubmittedRecord } from './store/journal-record.js';
import { type ResultReader, usableResults } from './store/result-reader.js';
import type { Store } from './store/store.js';
import type { Workload } from './workload/workload.js';

/** What time and chance are to the coordinator: injected, so that a simulation can rule them. */
export interface Surroundings {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly wallClock: () => Date;
  readonly newToken: () => string;
  /** Runs work after what is waiting now; everything that comes until then is one commit. */
  readonly soon: (work: () => void) => void;
  /** Runs work after a while; gives a way to call it off. */
  readonly later: (work: () => void, milliseconds: number) => () => void;
}

export interface CoordinatorOptions {
  readonly surroundings: Surroundings;
  readonly ledger: LedgerSettings;
  readonly health?: HealthSettings;
  readonly jitter: (run: string, task: number, attempt: number) => number;
  /** Opens the store; called again after it failed. */
  readonly openStore: () => Store;
  readonly publisher: TaskPublisher;
  readonly makeWorkload: (submitted: SubmittedRecord) => Workload;
  /** Makes a choice of a run, now or later. */
  readonly compute: (run: RunState, id: string, results: ResultReader, done: Done<unknown>) => void;
  /** Merges a run; gives the blob of the results, or null where somebody keeps them otherwise. */
  readonly merge: (run: RunState, results: ResultReader, done: Done<Digest | null>) => void;
  /** How long the first worker of an empty cluster waits for others before a numerics class is chosen. */
  readonly gatherMs: number;
  readonly onEvent: (run: string, event: RunEvent) => void;
  readonly blobs: BlobSight;
  /** Told when the store fails and when it is back. */
  readonly onStore: (error: OodError | null) => void;
}

/** What the coordinator has to know of its blobs. */
export interface BlobSight {
  /** Whether there is such a blob, whatever is in it. */
  isThere(blob: Digest): boolean;
  /** Reads a blob and says whether it is there and whole. */
  check(blob: Digest, done: Done<boolean>): void;
}

/** Called once: with the outcome, or with what went wrong. */
export type Done<T> = (outcome: { readonly value: T } | { readonly problem: OodError }) => void;

const TICK_MS = 250;
const REOPEN_MS = 1000;
/** Records after which the journal is worth replacing by a snapshot at the next start. */
const COMPACT_AFTER = 100_000;

/**
 * The dispatcher in its surroundings: gathers what comes in one turn, commits it as one, and only then lets
 * out what follows. When the store fails it forgets what it knows, says nothing, and starts again from what
 * is durable.
 */
export class Coordinator implements WorkerHandler {
  readonly #options: CoordinatorOptions;
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

  /** Reads what there is to know; throws `unavailable` while the store is broken. */
  read<T>(question: (dispatcher: Dispatcher) => T): T {
    return question(this.#alive());
  }

  /** Changes something; `done` is called when it is durable, or could not be stored. Throws what refuses it. */
  tell<T>(work: (dispatcher: Dispatcher, now: number) => T, done: Done<T>): void {
    const value = work(this.#alive(), this.#options.surroundings.now());
    this.#waiting.push((problem) => done(problem === null ? { value } : { problem }));
    this.#scheduleCommit();
  }

  /** Changes something; resolves when it is durable, rejects when it was refused or could not be stored. */
  change<T>(work: (dispatcher: Dispatcher, now: number) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.tell(work, (outcome) => {
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

  get results(): ResultReader {
    return this.#aliveStore();
  }

  register(peer: WorkerPeer, registration: Registration): void {
    this.#alive().register(peer, registration, this.#options.surroundings.now());
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
    this.#dispatcher?.disconnected(peer, this.#options.surroundings.now());
    this.#scheduleCommit();
  }

  /** A blob was stored: what waits for it goes on. */
  blobArrived(blob: Digest): void {
    this.#guarded((dispatcher) => dispatcher.blobArrived(blob));
    this.#scheduleCommit();
  }

  /** The queue is back, and may have lost everything. */
  queueReturned(): void {
    this.#dispatcher?.publishAgain(this.#options.surroundings.now());
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
    const { health, surroundings, ledger, jitter, makeWorkload, publisher, openStore } = this.#options;
    const store = openStore();
    const results = usableResults(store, this.#options.blobs);
    try {
      const dispatcher = new Dispatcher({
        ledger,
        ...(health === undefined ? {} : { health }),
        jitter,
        newToken: surroundings.newToken,
        makeWorkload,
        results,
        publisher,
        queue: store.id,
        gatherMs: this.#options.gatherMs,
        checkBlob: (blob) => this.#checkBlob(dispatcher, blob),
        compute: (run, id) => this.#compute(dispatcher, store, run, id),
        merge: (run) => this.#merge(dispatcher, store, run),
        onEvent: this.#options.onEvent,
        wallClock: surroundings.wallClock,
      });
      const now = surroundings.now();
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
    this.#options.surroundings.soon(() => {
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
      if (records.length + chunks.length + results.length + endedLeases.length > 0) store.commit(batch.store);
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

  /** Whatever goes wrong in the middle of a change leaves memory that nobody can trust. */
  #guarded(work: (dispatcher: Dispatcher, now: number) => void): void {
    if (this.#dispatcher === undefined) return;
    try {
      work(this.#dispatcher, this.#options.surroundings.now());
    } catch (thrown) {
      this.#fail(OodError.from(thrown));
    }
  }

  /** What is in memory is ahead of what is durable: only a fresh start makes them one again. */
  #fail(error: OodError): void {
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
    this.#options.surroundings.later(() => this.#reopen(), REOPEN_MS);
  }

  #reopen(): void {
    if (this.#isClosed) return;
    try {
      this.#open();
      this.#options.onStore(null);
    } catch (thrown) {
      this.#storeProblem = OodError.from(thrown);
      this.#options.surroundings.later(() => this.#reopen(), REOPEN_MS);
    }
  }

  #scheduleTick(): void {
    this.#cancelTimer = this.#options.surroundings.later(() => {
      if (this.#isClosed) return;
      this.#guarded((dispatcher, now) => dispatcher.tick(now));
      if (this.#dispatcher?.hasWork === true) this.#scheduleCommit();
      this.#scheduleTick();
    }, TICK_MS);
  }

  #compute(dispatcher: Dispatcher, store: Store, run: RunState, id: string): void {
    this.#options.compute(run, id, store, (outcome) =>
      this.#back(dispatcher, run, (now) => {
        if ('value' in outcome) dispatcher.computed(run.id, id, outcome.value, now);
        else this.#problem(dispatcher, run, outcome.problem, () => this.#compute(dispatcher, store, run, id));
      }),
    );
  }

  /** What cannot be read counts as missing. */
  #checkBlob(dispatcher: Dispatcher, blob: Digest): void {
    this.#options.blobs.check(blob, (outcome) => {
      if (this.#isClosed || this.#dispatcher !== dispatcher) return;
      this.#guarded((_alive, now) => dispatcher.blobChecked(blob, 'value' in outcome && outcome.value, now));
      this.#scheduleCommit();
    });
  }

  #merge(dispatcher: Dispatcher, store: Store, run: RunState): void {
    this.#options.merge(run, store, (outcome) =>
      this.#back(dispatcher, run, () => {
        if ('value' in outcome) dispatcher.end(run.id, { result: outcome.value });
        else this.#problem(dispatcher, run, outcome.problem, () => this.#merge(dispatcher, store, run));
      }),
    );
  }

  /** A full disk passes: what it kept from being done is done again. Anything else ends the run. */
  #problem(dispatcher: Dispatcher, run: RunState, problem: OodError, again: () => void): void {
    if (problem.code !== 'resource-exhausted') {
      dispatcher.end(run.id, { problem });
      return;
    }
    this.#options.onStore(problem);
    this.#options.surroundings.later(() => {
      if (!this.#isClosed && this.#dispatcher === dispatcher && dispatcher.runs.get(run.id) === run) again();
    }, REOPEN_MS);
  }

  /** Something that took its time is done; whoever asked for it may be gone, or the run moved to another class. */
  #back(dispatcher: Dispatcher, run: RunState, work: (now: number) => void): void {
    if (this.#isClosed || this.#dispatcher !== dispatcher || dispatcher.runs.get(run.id) !== run) return;
    this.#guarded((_alive, now) => work(now));
    this.#scheduleCommit();
  }
}
