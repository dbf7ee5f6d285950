import { type Digest, OodError } from '@oodgrid/contract';
import type { Registration, WorkerMessage, WorkerPeer } from '@oodgrid/transport';
import type { Ledger } from '../ledger/ledger.js';
import type { EndedRecord, JournalRecord, SubmittedRecord } from '../store/journal-record.js';
import type { StagedChunk } from '../store/store.js';
import type { Workload } from '../workload/workload.js';
import type { DispatchBatch } from './batch.js';
import type { Counters } from './counters.js';
import { type DispatcherOptions, makeParts } from './dispatcher-parts.js';
import { refOf } from './journaled-ledger.js';
import type { RunState } from './run-state.js';
import { waitReason } from './wait-reason.js';
import type { KnownWorker } from './worker-connections.js';
import type { Aside } from './worker-health.js';

/** A worker that was lost is forgotten after this time. */
const FORGET_MS = 10 * 60_000;

/**
 * The coordinator without its environment: what workers and clients say goes in, what is to be made durable
 * and what is to be said after that comes out (`take`). It does no I/O and returns at once, so that
 * thousands of simulated crashes a second are possible.
 */
export class Dispatcher {
  readonly #parts: ReturnType<typeof makeParts>;

  constructor(options: DispatcherOptions) {
    this.#parts = makeParts(options);
  }

  get counters(): Counters {
    return this.#parts.counters;
  }

  get ledger(): Ledger {
    return this.#parts.ledger;
  }

  /** Returns the records to make durable now, and the effects that may follow after. */
  take(): DispatchBatch {
    for (const { unacked } of this.#parts.workers.all) unacked.clear();
    return this.#parts.batch.take();
  }

  get hasWork(): boolean {
    return !this.#parts.batch.isEmpty;
  }

  /** Every run by its id, in the order of submission. */
  get runs(): ReadonlyMap<string, RunState> {
    return this.#parts.registry.all;
  }

  /** Workers that are connected, or were lost a while ago. */
  get workers(): Iterable<KnownWorker> {
    return this.#parts.workers.all;
  }

  /** Numerics classes with workers that are connected and not draining. */
  get pools() {
    return this.#parts.workers.pools;
  }

  /** Tasks of a run that need more memory than any worker of its class has. */
  tooLargeTasksOf(run: RunState): number {
    return this.#parts.tooLarge.countOf(run);
  }

  /** Why a worker is given no tasks now; null when it is. */
  asideOf(workerId: string): Aside | null {
    return this.#parts.health.asideOf(workerId);
  }

  nextDeadline(): number {
    return this.ledger.nextDeadline();
  }

  // ---- start-up

  /** Applies a record of the journal. */
  replay(record: JournalRecord, now: number): void {
    const run = this.#parts.registry.find(record.run);
    switch (record.kind) {
      case 'submitted':
      case 'pinned':
      case 'moved':
      case 'ended':
      case 'fetched':
      case 'forgotten':
        this.#parts.registry.replay(record);
        return;
      case 'computed':
        if (run?.planProblem === null) this.#parts.progress.noteComputed(run, record.id, record.outcome, now);
        return;
      case 'history':
        this.ledger.restore(record);
        return;
      case 'completed':
      case 'reused':
      case 'done':
        if (run?.planProblem !== null) return;
        this.ledger.apply(record, now);
        this.#parts.progress.noteDone(run, record.task, record, now);
        return;
      default:
        if (run !== undefined && record.kind === 'paused') run.isPaused = true;
        if (run !== undefined && record.kind === 'resumed') run.isPaused = false;
        if (run !== undefined && record.kind === 'retried') run.ended = null;
        this.ledger.apply(record, now);
    }
  }

  /** Opens the stagings of the leases that lived when the coordinator stopped, and goes on with every run that can. */
  resume(chunks: Iterable<StagedChunk>, now: number): void {
    const { registry, messages, failures, stagings, progress } = this.#parts;
    for (const run of this.runs.values()) {
      if (run.planProblem !== null && run.ended === null) registry.end(run, 'failed', null, run.planProblem);
    }
    messages.open(now);
    failures.open(now, this.runs.size > 0);
    for (const run of this.runs.values()) {
      if (run.ended !== null) continue;
      for (const leases of this.ledger.run(run.id)?.leases.values() ?? []) {
        for (const lease of leases) {
          stagings.open(run, lease);
          this.ledger.renew(lease, now);
        }
      }
    }
    for (const chunk of chunks) {
      // What a former version accepted may be refused by this one: the rows are missing then, and the task is done again.
      if (!stagings.restore(chunk)) this.counters.add('chunks_dropped');
    }
    for (const run of this.runs.values()) if (run.pin !== null) progress.advance(run);
  }

  // ---- clients

  /**
   * Adds a run, or returns the one that was submitted with the same key. Throws for a run that cannot be planned.
   * `planned`: its workload, where it was made already.
   */
  submit(
    submitted: SubmittedRecord,
    now: number,
    planned?: Workload,
  ): { readonly run: string; readonly isNew: boolean } {
    const answer = this.#parts.registry.submit(submitted, planned);
    this.#parts.classes.pinWaiting(now);
    return answer;
  }

  /** Describes what keeps a run from going on; empty when nothing does. */
  waitsFor(run: RunState): string {
    return waitReason(this.#parts, run) || (run.ended === null ? this.#parts.blobs.waitsFor(run) : '');
  }

  /** Starts a run anew in another numerics class. Throws for one that is done or cancelled. */
  move(id: string, pool: string, now: number): void {
    this.#parts.classes.move(id, pool, now);
  }

  cancel(id: string): void {
    this.#parts.control.cancel(id);
  }

  pause(id: string): void {
    this.#parts.control.pause(id);
  }

  unpause(id: string): void {
    this.#parts.control.resume(id);
  }

  /** Makes failed and quarantined tasks ready again and returns their number. */
  retry(id: string): number {
    return this.#parts.control.retry(id);
  }

  /** Notes that somebody has written a run's results down. Throws `invalid-input` where there are none. */
  noteFetched(id: string): void {
    this.#parts.control.markFetched(id);
  }

  /** Removes a run that has ended. */
  forget(id: string): void {
    this.#parts.control.forget(id);
  }

  /** A worker takes no more tasks. Throws `not-found`. */
  drain(workerId: string): void {
    const worker = this.#parts.workers.drain(workerId);
    if (worker === undefined) throw new OodError('not-found', `there is no worker "${workerId}"`);
    if (worker.peer !== null) this.#parts.batch.send(worker.peer, { kind: 'drain' });
  }

  // ---- what the environment found out

  /** A choice was made. Nothing for a run that has ended meanwhile. */
  computed(id: string, computation: string, outcome: unknown, now: number): void {
    const run = this.#parts.registry.find(id);
    if (run !== undefined && run.ended === null)
      this.#parts.progress.computed(run, computation, outcome, now);
  }

  /** A run was merged, or could not be. */
  end(
    id: string,
    outcome: { readonly result: EndedRecord['result'] } | { readonly problem: OodError },
  ): void {
    this.#parts.control.end(id, outcome);
  }

  /** Takes in the result of `checkBlob`. */
  blobChecked(blob: Digest, isThere: boolean, now: number): void {
    this.#parts.failures.checked(blob, isThere, now);
  }

  /** A blob was uploaded: what waits for it goes on. */
  blobArrived(blob: Digest): void {
    this.#parts.blobs.arrived(blob);
  }

  /** Does what is due by now: leases that expired, back-offs and bans that are over, blobs and offers to look after. */
  tick(now: number): void {
    for (const lease of this.ledger.overdue(now)) {
      this.counters.add('leases_expired');
      this.#parts.journal.apply({ kind: 'expired', ...refOf(lease) }, now);
      const taskId = this.#parts.registry.title(lease.run, lease.task);
      this.#parts.batch.emit(lease.run, { kind: 'task-lost', taskId, workerId: lease.worker });
    }
    this.#parts.failures.tick(now);
    this.#parts.blobs.tick(now);
    this.ledger.endDelays(now);
    this.#parts.workers.forgetLost(now - FORGET_MS);
    this.#parts.classes.pinWaiting(now);
    this.#parts.offers.renew(now);
    this.pump(now);
    this.#parts.notices.tick(now);
  }

  /** The queue may have lost everything. */
  publishAgain(now: number): void {
    this.#parts.offers.publishAgain(now);
  }

  /** Hands out what is ready: to workers that ask, and to the queue. Returns false when that takes another turn. */
  pump(now: number): boolean {
    const { source, requests, offers } = this.#parts;
    source.startTurn();
    requests.serve(now);
    offers.pump(now);
    return !source.isExhausted;
  }

  // ---- workers

  /** Throws OodError to turn the worker away. */
  register(peer: WorkerPeer, registration: Registration, now: number): void {
    this.#parts.messages.register(peer, registration, now);
  }

  receive(peer: WorkerPeer, message: WorkerMessage, now: number): void {
    this.#parts.messages.receive(peer, message, now);
  }

  disconnected(peer: WorkerPeer, now: number): void {
    this.#parts.messages.disconnected(peer, now);
  }
}
