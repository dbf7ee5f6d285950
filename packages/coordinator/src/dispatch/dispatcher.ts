import { type Digest, OodError } from '@oodgrid/protocol';
import type { Registration, TaskPublisher, WorkerMessage, WorkerPeer } from '@oodgrid/transport';
import type { Ledger } from '../ledger/ledger.js';
import type { EndedRecord, JournalRecord, SubmittedRecord } from '../store/journal-record.js';
import type { StagedChunk } from '../store/store.js';
import type { Workload } from '../workload/workload.js';
import type { DispatchBatch } from './batch.js';
import { BlobDesk } from './blob-desk.js';
import { ClassDesk } from './class-desk.js';
import type { Counters } from './counters.js';
import { FailureDesk } from './failure-desk.js';
import { formerPlanProblem } from './former-plan.js';
import { Offers } from './offers.js';
import { RunKeeper, type RunKeeperOptions, refOf } from './run-keeper.js';
import type { RunState } from './run-state.js';
import { whatItWaitsFor } from './what-it-waits-for.js';
import type { KnownWorker } from './worker-book.js';
import { WorkerDesk } from './worker-desk.js';
import type { Aside } from './worker-health.js';

export interface DispatcherOptions extends RunKeeperOptions {
  /** Fencing tokens: never the same twice. */
  readonly newToken: () => string;
  readonly publisher: TaskPublisher;
  /** How long the first worker of an empty cluster waits for others before a numerics class is chosen. */
  readonly gatherMs: number;
  /** Looks whether the store has a blob, and whole; comes back with `blobChecked`. */
  readonly checkBlob: (blob: Digest) => void;
  /** Id of the coordinator's own queue, which workers are told. */
  readonly queue: string;
}

/** Workers that are gone are shown for so long. */
const FORGET_MS = 10 * 60_000;

/**
 * The coordinator without its surroundings: what workers and clients say goes in, what is to be made durable
 * and what is to be said after that comes out (`take`). It does no I/O and returns at once, so that
 * thousands of simulated crashes a second are possible.
 */
export class Dispatcher {
  readonly #keeper: RunKeeper;
  readonly #desk: WorkerDesk;
  readonly #offers: Offers;
  readonly #classes: ClassDesk;
  readonly #blobs: BlobDesk;
  readonly #failures: FailureDesk;

  constructor(options: DispatcherOptions) {
    const { newToken, publisher, ledger, results, queue } = options;
    this.#keeper = new RunKeeper(options);
    const { republishMs, leaseMs } = ledger;
    const blobs = new BlobDesk(this.#keeper, options.checkBlob);
    const failures = new FailureDesk(this.#keeper, blobs);
    const offers = new Offers(this.#keeper, { publisher, boot: newToken(), republishMs, blobs });
    const classes = new ClassDesk(this.#keeper, options.gatherMs);
    this.#desk = new WorkerDesk(this.#keeper, {
      leaseMs,
      newToken,
      results,
      queue,
      offers,
      classes,
      blobs,
      failures,
    });
    this.#blobs = blobs;
    this.#failures = failures;
    this.#offers = offers;
    this.#classes = classes;
  }

  /** What is to be made durable now, and what may be said after. */
  take(): DispatchBatch {
    for (const { unacked } of this.#keeper.workers.all) unacked.clear();
    return this.#keeper.batch.take();
  }

  get hasWork(): boolean {
    return !this.#keeper.batch.isEmpty;
  }

  get counters(): Counters {
    return this.#keeper.counters;
  }

  get runs(): ReadonlyMap<string, RunState> {
    return this.#keeper.runs;
  }

  get workers(): Iterable<KnownWorker> {
    return this.#keeper.workers.all;
  }

  /** Why a worker is given no tasks now; null when it is. */
  asideOf(workerId: string): Aside | null {
    return this.#keeper.health.asideOf(workerId);
  }

  get ledger(): Ledger {
    return this.#keeper.ledger;
  }

  nextDeadline(): number {
    return this.#keeper.ledger.nextDeadline();
  }

  // ---- start-up

  /** Applies a record of the journal. */
  replay(record: JournalRecord, now: number): void {
    if (record.kind === 'submitted') {
      this.#keeper.add(record);
      return;
    }
    const run = this.#keeper.runs.get(record.run);
    if (run === undefined) return;
    switch (record.kind) {
      case 'bound':
        run.planProblem = formerPlanProblem(run, record.plan);
        if (run.planProblem === null) this.#keeper.bind(run, record);
        return;
      case 'moved':
        this.#keeper.noteMoved(run, record.pool);
        return;
      case 'computed':
        if (run.planProblem === null) this.#keeper.noteComputed(run, record.id, record.outcome, now);
        return;
      case 'ended':
        this.#keeper.noteEnded(run, record);
        return;
      case 'fetched':
        run.isFetched = true;
        return;
      case 'forgotten':
        this.#keeper.remove(run);
        return;
      case 'history':
        this.#keeper.ledger.restore(record);
        return;
      case 'completed':
      case 'finished':
        if (run.planProblem !== null) return;
        this.#keeper.ledger.apply(record, now);
        this.#keeper.noteFinished(run, record.task, record, now);
        return;
      default:
        this.#keeper.noteControl(run, record.kind);
        this.#keeper.ledger.apply(record, now);
    }
  }

  /** Opens the stagings of the leases that lived when the coordinator stopped, and goes on with every run that can. */
  resume(chunks: Iterable<StagedChunk>, now: number): void {
    for (const run of this.#keeper.runs.values()) {
      if (run.planProblem !== null && run.ended === null) {
        this.#keeper.end(run, 'failed', null, run.planProblem);
      }
    }
    this.#desk.open(now);
    this.#failures.open(now, this.#keeper.runs.size > 0);
    for (const run of this.#keeper.runs.values()) {
      if (run.ended !== null) continue;
      for (const leases of this.#keeper.ledger.run(run.id)?.leases.values() ?? []) {
        for (const lease of leases) {
          this.#keeper.openStaging(run, lease);
          this.#keeper.ledger.renew(lease, now);
        }
      }
    }
    for (const chunk of chunks) this.#stageAgain(chunk);
    for (const run of this.#keeper.runs.values()) if (run.bound !== null) this.#keeper.advance(run);
  }

  /** What a former version accepted may be refused by this one: the rows are missing then, and the task is done again. */
  #stageAgain(chunk: StagedChunk): void {
    const staged = this.#keeper.staged(chunk.token);
    // Of a run that cannot go on.
    if (staged === undefined) this.#keeper.batch.endLease(chunk.token);
    try {
      staged?.staging.add(chunk);
    } catch {
      this.#keeper.counters.add('chunks_dropped');
    }
  }

  // ---- clients

  /**
   * Adds a run, or gives the one that was submitted with the same key. Throws for a run that cannot be planned.
   * `planned`: its workload, where it was made already.
   */
  submit(
    submitted: SubmittedRecord,
    now: number,
    planned?: Workload,
  ): { readonly run: string; readonly isNew: boolean } {
    const answer = this.#keeper.submit(submitted, planned);
    this.#classes.bindWaiting(now);
    return answer;
  }

  /** What keeps a run from going on; empty when nothing does. */
  waitsFor(run: RunState): string {
    return whatItWaitsFor(this.#keeper, run) || (run.ended === null ? this.#blobs.waitsFor(run) : '');
  }

  /** Starts a run anew in another numerics class. */
  move(id: string, pool: string, now: number): void {
    this.#classes.move(id, pool, now);
  }

  cancel(id: string): void {
    const run = this.#keeper.active(id);
    this.#keeper.apply({ kind: 'cancelled', run: id }, 0);
    this.#keeper.end(run, 'cancelled', null, { code: 'cancelled', message: 'cancelled by a user' });
  }

  pause(id: string): void {
    const run = this.#keeper.active(id);
    this.#keeper.noteControl(run, 'paused');
    this.#keeper.apply({ kind: 'paused', run: id }, 0);
  }

  unpause(id: string): void {
    const run = this.#keeper.active(id);
    this.#keeper.noteControl(run, 'resumed');
    this.#keeper.apply({ kind: 'resumed', run: id }, 0);
  }

  /** Makes failed and quarantined tasks ready again; gives their number. */
  retry(id: string): number {
    const run = this.#keeper.get(id);
    if (run.planProblem !== null) throw new OodError(run.planProblem.code, run.planProblem.message);
    const tasks = this.#keeper.ledger.run(id)?.tasks;
    const count = (tasks?.count('failed') ?? 0) + (tasks?.count('quarantined') ?? 0);
    if (count === 0) return 0;
    this.#keeper.noteControl(run, 'retried');
    this.#keeper.apply({ kind: 'retried', run: id }, 0);
    return count;
  }

  /** A worker takes no more tasks. Throws `not-found`. */
  drain(workerId: string): void {
    const worker = this.#keeper.workers.drain(workerId);
    if (worker === undefined) throw new OodError('not-found', `there is no worker "${workerId}"`);
    const { peer } = worker;
    if (peer !== null) this.#keeper.batch.after(() => peer.send({ kind: 'drain' }));
  }

  /** Somebody has written the results of a run down. Throws `invalid-input` for one that has none. */
  noteFetched(id: string): void {
    const run = this.#keeper.get(id);
    if (run.status !== 'done')
      throw new OodError('invalid-input', `run "${id}" has no results: ${run.status}`);
    if (run.isFetched) return;
    run.isFetched = true;
    this.#keeper.batch.record({ kind: 'fetched', run: id });
  }

  /** Removes a run that is over from the books. */
  forget(id: string): void {
    const run = this.#keeper.get(id);
    if (run.ended === null) throw new OodError('invalid-input', `run "${id}" is not over`);
    this.#keeper.remove(run);
    this.#keeper.batch.record({ kind: 'forgotten', run: id });
  }

  // ---- what the surroundings found out

  computed(id: string, computation: string, outcome: unknown, now: number): void {
    const run = this.#keeper.runs.get(id);
    if (run === undefined || run.ended !== null) return;
    run.openComputations--;
    this.#keeper.batch.record({ kind: 'computed', run: id, id: computation, outcome });
    this.#keeper.noteComputed(run, computation, outcome, now);
    this.#keeper.emit(id, {
      kind: 'choice-made',
      choice: run.workload.computationTitle(computation),
      outcome,
    });
    this.#keeper.advance(run);
  }

  /** A run was merged, or could not be. */
  end(
    id: string,
    outcome: { readonly result: EndedRecord['result'] } | { readonly problem: OodError },
  ): void {
    const run = this.#keeper.runs.get(id);
    if (run === undefined || run.ended !== null) return;
    if ('result' in outcome) this.#keeper.end(run, 'done', outcome.result, null);
    else {
      this.#keeper.apply({ kind: 'cancelled', run: id }, 0);
      this.#keeper.end(run, 'failed', null, { code: outcome.problem.code, message: outcome.problem.message });
    }
  }

  /** What `checkBlob` found. */
  blobChecked(blob: Digest, isThere: boolean, now: number): void {
    this.#failures.checked(blob, isThere, now);
  }

  /** A blob was uploaded: what waits for it goes on. */
  blobArrived(blob: Digest): void {
    this.#blobs.arrived(blob);
  }

  /** Time has passed. */
  tick(now: number): void {
    for (const lease of this.#keeper.ledger.overdue(now)) {
      this.#keeper.counters.add('leases_expired');
      this.#keeper.apply({ kind: 'expired', ...refOf(lease) }, now);
      this.#keeper.emit(lease.run, {
        kind: 'task-lost',
        taskId: this.#keeper.title(lease.run, lease.task),
        workerId: lease.worker,
      });
    }
    this.#failures.tick(now);
    this.#blobs.tick(now);
    this.#keeper.ledger.endDelays(now);
    this.#keeper.workers.forgetGone(now - FORGET_MS);
    this.#classes.bindWaiting(now);
    this.#offers.renew(now);
    this.pump(now);
  }

  /** The queue may have lost everything. */
  publishAgain(now: number): void {
    this.#offers.publishAgain(now);
  }

  /** Fills the window of every pool. False when there is more to look up than one turn should. */
  pump(now: number): boolean {
    return this.#offers.pump(now);
  }

  // ---- workers

  /** Throws OodError to turn the worker away. */
  register(peer: WorkerPeer, registration: Registration, now: number): void {
    this.#desk.register(peer, registration, now);
  }

  receive(peer: WorkerPeer, message: WorkerMessage, now: number): void {
    this.#desk.receive(peer, message, now);
  }

  disconnected(peer: WorkerPeer, now: number): void {
    this.#desk.disconnected(peer, now);
  }
}
