import { type Digest, OodError } from '@oodgrid/protocol';
import {
  bundleLimit,
  type Hint,
  type LeaseRef,
  PROTOCOL_VERSION,
  type QueueMessage,
  type Registration,
  type ReliableMessage,
  type WorkerInfo,
  type WorkerMessage,
  type WorkerPeer,
} from '@oodgrid/transport';
import { Ledger } from '../ledger/ledger.js';
import type { Failure, LedgerEvent, LedgerSettings, Offer } from '../ledger/ledger-events.js';
import type { JournalRecord, SubmittedRecord } from '../store/journal-record.js';
import type { ResultReader, StagedChunk, UnitResult } from '../store/store.js';
import type { TaskReport, Workload, WorkUnit } from '../workload/workload.js';
import { BatchBuilder, type DispatchBatch } from './batch.js';
import { Counters } from './counters.js';
import type { RunEvent } from './run-events.js';
import { type Binding, RunState } from './run-state.js';
import { Staging } from './staging.js';
import { type KnownWorker, sameLease, WorkerBook } from './worker-book.js';

export interface DispatcherOptions {
  readonly ledger: LedgerSettings;
  readonly jitter: (run: string, task: number, attempt: number) => number;
  /** Fencing tokens: never the same twice. */
  readonly newToken: () => string;
  readonly makeWorkload: (submitted: SubmittedRecord) => Workload;
  readonly results: ResultReader;
  readonly publish: (message: QueueMessage) => void;
  /** Makes a choice and comes back with `computed`. */
  readonly compute: (run: RunState, id: string) => void;
  /** Merges a run and comes back with `end`. */
  readonly merge: (run: RunState) => void;
  readonly onEvent: (run: string, event: RunEvent) => void;
  /** Wall clock, for what people read. */
  readonly wallClock: () => Date;
}

/** How long a worker that was cut off keeps its leases. */
const GRACE_MS = 5000;
/** Bytes of one lease that may wait for their acknowledgement. */
const WINDOW_BYTES = 4 * 1024 ** 2;
/** Published tasks per place of a worker: enough that none waits for the coordinator. */
const WINDOW_PER_SLOT = 4;
/** Tasks looked up in the cache in one turn. */
const LOOKUPS_PER_TURN = 256;
const NO_WORK = { images: 0, forwards: 0, gradients: 0 };

/**
 * The coordinator without its surroundings: what workers and clients say goes in, what is to be made durable
 * and what is to be said after that comes out (`take`). It does no I/O and returns at once, so that
 * thousands of simulated crashes a second are possible.
 */
export class Dispatcher {
  readonly counters = new Counters();
  readonly #options: DispatcherOptions;
  readonly #ledger: Ledger;
  readonly #runs = new Map<string, RunState>();
  readonly #byIdempotencyKey = new Map<string, string>();
  readonly #workers = new WorkerBook();
  readonly #stagings = new Map<string, { staging: Staging; units: readonly WorkUnit[] }>();
  readonly #batch = new BatchBuilder();
  /** Epochs start anew with the process; message ids must not. */
  readonly #boot: string;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#boot = options.newToken();
    this.#ledger = new Ledger({ settings: options.ledger, jitter: options.jitter });
  }

  /** What is to be made durable now, and what may be said after. */
  take(): DispatchBatch {
    for (const { unacked } of this.#workers.all) unacked.clear();
    return this.#batch.take();
  }

  get hasWork(): boolean {
    return !this.#batch.isEmpty;
  }

  get runs(): ReadonlyMap<string, RunState> {
    return this.#runs;
  }

  get workers(): Iterable<KnownWorker> {
    return this.#workers.all;
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  nextDeadline(): number {
    return this.#ledger.nextDeadline();
  }

  // ---- start-up

  /** Applies a record of the journal. */
  replay(record: JournalRecord, now: number): void {
    if (record.kind === 'submitted') {
      this.#addRun(record);
      return;
    }
    const run = this.#runs.get(record.run);
    if (run === undefined) return;
    switch (record.kind) {
      case 'bound':
        this.#bindRun(run, record);
        return;
      case 'computed':
        this.#noteComputed(run, record.id, record.outcome, now);
        return;
      case 'ended':
        this.#noteEnded(run, record);
        return;
      case 'forgotten':
        this.#forget(run);
        return;
      case 'history':
        this.#ledger.restore(record);
        return;
      case 'completed':
      case 'finished':
        this.#ledger.apply(record, now);
        this.#noteFinished(run, record.task, record, now);
        return;
      default:
        this.#noteControl(run, record.kind);
        this.#ledger.apply(record, now);
    }
  }

  /** Opens the stagings of the leases that lived when the coordinator stopped, and goes on with every run. */
  resume(chunks: Iterable<StagedChunk>, now: number): void {
    for (const run of this.#runs.values()) {
      if (run.ended !== null) continue;
      for (const leases of this.#ledger.run(run.id)?.leases.values() ?? []) {
        for (const lease of leases) {
          this.#openStaging(run, lease);
          this.#ledger.renew(lease, now);
        }
      }
    }
    for (const chunk of chunks) this.#stagings.get(chunk.token)?.staging.add(chunk);
    for (const run of this.#runs.values()) if (run.bound !== null) this.#advance(run);
  }

  // ---- clients

  /** Adds a run, or gives the one that was submitted with the same key. Throws for a run that cannot be planned. */
  submit(submitted: SubmittedRecord): { readonly run: string; readonly isNew: boolean } {
    const { idempotencyKey, run: id } = submitted;
    const known = idempotencyKey === null ? undefined : this.#byIdempotencyKey.get(idempotencyKey);
    if (known !== undefined) return { run: known, isNew: false };
    if (this.#runs.has(id)) throw new OodError('invalid-input', `there is a run "${id}" already`);
    const run = this.#addRun(submitted);
    try {
      // Planned now, so that what cannot be planned is refused.
      if (run.workload.tasks.length === 0) throw new OodError('invalid-input', `run "${id}" has no tasks`);
    } catch (error) {
      this.#forget(run);
      throw error;
    }
    this.#batch.record(submitted);
    for (const { info, peer } of this.#workers.all) if (peer !== null) this.#bindIfFit(run, info);
    return { run: id, isNew: true };
  }

  cancel(id: string): void {
    const run = this.#activeRun(id);
    this.#apply({ kind: 'cancelled', run: id }, 0);
    this.#end(run, 'cancelled', null, { code: 'cancelled', message: 'cancelled by a user' });
  }

  pause(id: string): void {
    const run = this.#activeRun(id);
    this.#noteControl(run, 'paused');
    this.#apply({ kind: 'paused', run: id }, 0);
  }

  unpause(id: string): void {
    const run = this.#activeRun(id);
    this.#noteControl(run, 'resumed');
    this.#apply({ kind: 'resumed', run: id }, 0);
  }

  /** Makes failed and quarantined tasks ready again; gives their number. */
  retry(id: string): number {
    const run = this.#run(id);
    const tasks = this.#ledger.run(id)?.tasks;
    const count = (tasks?.count('failed') ?? 0) + (tasks?.count('quarantined') ?? 0);
    if (count === 0) return 0;
    this.#noteControl(run, 'retried');
    this.#apply({ kind: 'retried', run: id }, 0);
    return count;
  }

  /** A worker takes no more tasks. Throws `not-found`. */
  drain(workerId: string): void {
    const worker = this.#workers.drain(workerId);
    if (worker === undefined) throw new OodError('not-found', `there is no worker "${workerId}"`);
    const { peer } = worker;
    if (peer !== null) this.#batch.after(() => peer.send({ kind: 'drain' }));
  }

  /** Removes a run that is over from the books. */
  forget(id: string): void {
    const run = this.#run(id);
    if (run.ended === null) throw new OodError('invalid-input', `run "${id}" is not over`);
    this.#forget(run);
    this.#batch.record({ kind: 'forgotten', run: id });
  }

  // ---- what the surroundings found out

  computed(id: string, computation: string, outcome: unknown, now: number): void {
    const run = this.#runs.get(id);
    if (run === undefined || run.ended !== null) return;
    run.openComputations--;
    this.#batch.record({ kind: 'computed', run: id, id: computation, outcome });
    this.#noteComputed(run, computation, outcome, now);
    this.#emit(id, { kind: 'choice-made', choice: computation, outcome });
    this.#advance(run);
  }

  /** A run was merged, or could not be. */
  end(id: string, outcome: { readonly result: SubmittedResult } | { readonly problem: OodError }): void {
    const run = this.#runs.get(id);
    if (run === undefined || run.ended !== null) return;
    if ('result' in outcome) this.#end(run, 'done', outcome.result, null);
    else {
      this.#apply({ kind: 'cancelled', run: id }, 0);
      this.#end(run, 'failed', null, { code: outcome.problem.code, message: outcome.problem.message });
    }
  }

  /** Time has passed. */
  tick(now: number): void {
    for (const lease of this.#ledger.overdue(now)) {
      this.counters.add('leases_expired');
      this.#apply({ kind: 'expired', ...refOf(lease) }, now);
      this.#emit(lease.run, {
        kind: 'task-lost',
        taskId: this.#title(lease.run, lease.task),
        workerId: lease.worker,
      });
    }
    this.#ledger.endDelays(now);
    for (const pool of this.#workers.pools.keys()) {
      for (const offer of this.#ledger.offerStragglers(pool, now)) {
        this.counters.add('stragglers_offered');
        this.#publish(offer);
      }
    }
    for (const offer of this.#ledger.offerAgain(now, false)) {
      this.counters.add('offers_republished');
      this.#publish(offer);
    }
    this.pump(now);
  }

  /** The queue may have lost everything. */
  publishAgain(now: number): void {
    for (const offer of this.#ledger.offerAgain(now, true)) this.#publish(offer);
  }

  /** Fills the window of every pool. False when there is more to look up than one turn should. */
  pump(now: number): boolean {
    let lookups = 0;
    for (const [pool, { slots }] of this.#workers.pools) {
      let room = WINDOW_PER_SLOT * slots - this.#ledger.offeredIn(pool);
      for (
        let next = this.#ledger.peekNext(pool);
        room > 0 && next !== undefined;
        next = this.#ledger.peekNext(pool)
      ) {
        const run = this.#run(next.run);
        if (run.submitted.isCacheUsed) {
          if (++lookups > LOOKUPS_PER_TURN) return false;
          if (this.#reuse(run, next.task, now)) continue;
        }
        const offer = this.#ledger.offer(next.run, next.task, now);
        if (offer === undefined) break;
        this.#publish(offer);
        room--;
      }
    }
    return true;
  }

  // ---- workers

  /** Throws OodError to turn the worker away. */
  register(peer: WorkerPeer, { protocol, worker, held, nextSequence }: Registration, now: number): void {
    if (protocol !== PROTOCOL_VERSION) {
      this.counters.add('refused_protocol_version');
      throw new OodError(
        'invalid-input',
        `worker ${worker.workerId} speaks protocol ${protocol}, this coordinator ${PROTOCOL_VERSION}: install the same version on both`,
      );
    }
    const isKnown = this.#workers.ofId(worker.workerId)?.info.incarnation === worker.incarnation;
    const former = this.#workers.connect(peer, worker, nextSequence);
    if (former !== null) this.#batch.after(() => former.close('the worker connected again'));
    for (const lease of this.#ledger.leasesOf(worker.workerId)) {
      // Granted on a connection that broke before the worker heard of it, or to a process that is no more.
      if (held.some((ref) => sameLease(ref, lease))) this.#ledger.renew(lease, now);
      else this.#apply({ kind: 'released', ...refOf(lease) }, now);
    }
    const { leaseMs } = this.#options.ledger;
    this.#batch.after(() => peer.send({ kind: 'registered', leaseMs, windowBytes: WINDOW_BYTES }));
    for (const ref of held) {
      if (this.#ledger.find(ref) === undefined)
        this.#batch.after(() => peer.send({ kind: 'cancel', lease: ref }));
    }
    for (const run of this.#runs.values()) {
      this.#bindIfFit(run, worker);
      if (run.ended === null && !isKnown) this.#emit(run.id, { kind: 'worker-joined', worker });
    }
  }

  receive(peer: WorkerPeer, message: WorkerMessage, now: number): void {
    const worker = this.#workers.ofPeer(peer);
    if (worker === undefined) return;
    switch (message.kind) {
      case 'lease-request':
        if (message.hint !== null) this.#requestLease(worker, message.requestId, message.hint, now);
        return;
      case 'heartbeat':
        worker.doing = message.doing;
        for (const lease of message.leases) {
          if (!this.#ledger.renew(lease, now)) this.#batch.after(() => peer.send({ kind: 'cancel', lease }));
        }
        return;
      case 'progress':
        if (this.#ledger.renew(message.lease, now)) {
          const taskId = this.#title(message.lease.run, message.lease.task);
          this.#emit(message.lease.run, { kind: 'task-progress', taskId, work: message.work });
        }
        return;
      case 'log':
        if (this.#ledger.find(message.lease) !== undefined) {
          const taskId = this.#title(message.lease.run, message.lease.task);
          const { workerId } = worker.info;
          this.#emit(message.lease.run, { kind: 'log', taskId, workerId, line: message.line });
        }
        return;
      case 'reliable':
        this.#receiveReliable(worker, peer, message, now);
        return;
      case 'cancel-request':
        return;
    }
  }

  disconnected(peer: WorkerPeer, now: number): void {
    const worker = this.#workers.disconnect(peer);
    if (worker === undefined) return;
    const { workerId } = worker.info;
    this.#ledger.shorten(workerId, now, GRACE_MS);
    for (const run of this.#runs.values()) {
      if (run.ended === null) this.#emit(run.id, { kind: 'worker-lost', workerId });
    }
  }

  #requestLease(worker: KnownWorker, requestId: number, hint: Hint, now: number): void {
    const { peer, info } = worker;
    if (peer === null) return;
    const { run: id, task } = hint;
    const run = this.#runs.get(id);
    const refusal = run === undefined ? DROP : this.#refusal(worker, run, task, now);
    if (run === undefined || refusal !== undefined) {
      const { retryMs } = refusal ?? DROP;
      this.counters.add(retryMs === null ? 'hints_dropped' : 'hints_postponed');
      this.#batch.after(() => peer.send({ kind: 'denied', requestId, retryMs }));
      return;
    }
    const attempt = (this.#ledger.run(id)?.tasks.attempts[task] ?? 0) + 1;
    const lease: LeaseRef = { run: id, task, attempt, token: this.#options.newToken() };
    this.#apply({ kind: 'leased', worker: info.workerId, ...lease }, now);
    const spec = run.bind(task).spec(this.#openStaging(run, lease));
    this.#batch.after(() => peer.send({ kind: 'granted', requestId, lease, task: spec }));
    const taskId = this.#title(id, task);
    this.#emit(id, { kind: 'task-started', taskId, workerId: info.workerId, attempt });
  }

  /** Why a worker does not get a task; undefined when it does. */
  #refusal(worker: KnownWorker, run: RunState, task: number, now: number): Refusal | undefined {
    const { workerId, numericsClass, memoryBytes } = worker.info;
    if (run.ended !== null || !this.#ledger.canLease(run.id, task, workerId)) return DROP;
    if (worker.isDraining || run.pool !== numericsClass) return LATER;
    const needed = run.workload.memoryBytes(task);
    if (needed > 0 && needed + this.#memoryInUse(workerId) > memoryBytes) return LATER;
    // It may have been computed for another run meanwhile.
    return run.submitted.isCacheUsed && this.#reuse(run, task, now) ? DROP : undefined;
  }

  #memoryInUse(workerId: string): number {
    let sum = 0;
    for (const { run, task } of this.#ledger.leasesOf(workerId)) {
      sum += this.#runs.get(run)?.workload.memoryBytes(task) ?? 0;
    }
    return sum;
  }

  #receiveReliable(
    worker: KnownWorker,
    peer: WorkerPeer,
    { sequence, message }: Extract<WorkerMessage, { kind: 'reliable' }>,
    now: number,
  ): void {
    if (sequence > worker.expected) {
      this.counters.add('refused_sequence_gap');
      this.#batch.after(() => peer.close(`message ${worker.expected} is missing`));
      return;
    }
    if (sequence === worker.expected) {
      worker.expected++;
      try {
        this.#accept(worker, message, now);
      } catch (thrown) {
        const { code, message: text } = OodError.from(thrown);
        this.counters.add(`refused_${code}`);
        this.#batch.after(() => peer.send({ kind: 'refused', sequence, code, message: text }));
      }
    }
    this.#batch.ack(peer, worker.expected - 1);
  }

  #accept(worker: KnownWorker, message: ReliableMessage, now: number): void {
    const { run: id, task, attempt, token } = message;
    const run = this.#runs.get(id);
    const lease = this.#ledger.find(message);
    const staged = this.#stagings.get(token);
    if (run === undefined || lease === undefined || staged === undefined) {
      throw new OodError(
        'cancelled',
        `task ${task} of run ${id}: attempt ${attempt} has no lease any more; its results are refused`,
      );
    }
    const ref = refOf(lease);
    switch (message.kind) {
      case 'chunk': {
        const { key, offsetRows, rows, columns, data } = message;
        const unacked = (worker.unacked.get(token) ?? 0) + data.byteLength;
        worker.unacked.set(token, unacked);
        if (unacked > 2 * WINDOW_BYTES) {
          throw new OodError(
            'resource-exhausted',
            `more than ${WINDOW_BYTES} bytes wait for their acknowledgement`,
          );
        }
        const chunk: StagedChunk = { kind: 'rows', token, key, offsetRows, rows, columns, data };
        staged.staging.add(chunk);
        this.#batch.chunk(chunk);
        return;
      }
      case 'fitted': {
        const chunk: StagedChunk = { kind: 'fitted', token, key: message.key, blob: message.blob };
        staged.staging.add(chunk);
        this.#batch.chunk(chunk);
        return;
      }
      case 'done':
        this.#complete(run, ref, staged, message, now);
        return;
      case 'released':
        this.#apply({ kind: 'released', ...ref }, now);
        return;
      case 'failed': {
        const { code, message: text, retryable, logTail } = message;
        this.#fail(run, ref, { code, message: text, isRetryable: retryable, logTail }, now);
        return;
      }
    }
  }

  #complete(
    run: RunState,
    ref: LeaseRef,
    { staging, units }: { readonly staging: Staging; readonly units: readonly WorkUnit[] },
    { work, seconds }: Extract<ReliableMessage, { kind: 'done' }>,
    now: number,
  ): void {
    const results = units.map(({ key }) => ({ key, result: staging.result(key) }));
    const reused = run.bind(ref.task).units.filter((unit) => !units.includes(unit));
    const fitted: Record<Digest, Digest> = {};
    for (const { key, result } of results) {
      if (result.kind === 'fitted') fitted[key] = result.blob;
      this.#batch.result({ key, result });
    }
    for (const { key } of reused) {
      const result = this.#options.results.find(key);
      if (result?.kind === 'fitted') fitted[key] = result.blob;
    }
    const report = { fitted, work, seconds, reusedUnits: reused.length, isReused: false };
    this.#apply({ kind: 'completed', ...ref, ...report }, now);
    this.counters.add('tasks_done');
    this.#noteFinished(run, ref.task, report, now);
    const taskId = this.#title(run.id, ref.task);
    this.#emit(run.id, { kind: 'task-done', taskId, isReused: false, work, seconds });
    this.#advance(run);
  }

  #fail(run: RunState, ref: LeaseRef, failure: Failure, now: number): void {
    this.counters.add('attempts_failed');
    this.#apply({ kind: 'failed', ...ref, failure }, now);
    const state = this.#ledger.run(run.id)?.tasks.state(ref.task);
    const willRetry = state !== 'failed' && state !== 'quarantined';
    this.#emit(run.id, { kind: 'task-failed', taskId: this.#title(run.id, ref.task), failure, willRetry });
    this.#advance(run);
  }

  // ---- runs

  #addRun(submitted: SubmittedRecord): RunState {
    const run = new RunState(submitted, this.#options.makeWorkload);
    this.#runs.set(run.id, run);
    if (submitted.idempotencyKey !== null) this.#byIdempotencyKey.set(submitted.idempotencyKey, run.id);
    return run;
  }

  #forget(run: RunState): void {
    this.#ledger.removeRun(run.id);
    this.#runs.delete(run.id);
    if (run.submitted.idempotencyKey !== null) this.#byIdempotencyKey.delete(run.submitted.idempotencyKey);
  }

  /** The first worker that may have a run decides its numerics class. */
  #bindIfFit(run: RunState, { numericsClass, engine }: WorkerInfo): void {
    const { pool } = run.submitted;
    if (run.bound !== null || run.ended !== null || (pool !== null && pool !== numericsClass)) return;
    const bound = { pool: numericsClass, engine };
    this.#batch.record({ kind: 'bound', run: run.id, ...bound });
    this.#bindRun(run, bound);
    this.#advance(run);
  }

  #bindRun(run: RunState, { pool, engine }: Binding): void {
    run.bound = { pool, engine };
    const { priority } = run.submitted;
    this.#ledger.addRun({ id: run.id, pool, priority, tasks: run.workload.tasks });
  }

  #noteControl(run: RunState, kind: string): void {
    if (kind === 'paused') run.isPaused = true;
    if (kind === 'resumed') run.isPaused = false;
    if (kind === 'retried') run.ended = null;
  }

  /** Whether every unit of a task is in the cache; the task is done then. */
  #reuse(run: RunState, task: number, now: number): boolean {
    const tasks = this.#ledger.run(run.id)?.tasks;
    if (tasks?.is(task, 'ready') !== true && tasks?.is(task, 'queued') !== true) return false;
    const bound = run.bind(task);
    const fitted: Record<Digest, Digest> = {};
    for (const unit of bound.units) {
      const found = this.#find(unit, bound.rows, bound.isFit);
      if (found === undefined) return false;
      if (found.kind === 'fitted') fitted[unit.key] = found.blob;
    }
    const report = { fitted, work: NO_WORK, seconds: 0, reusedUnits: bound.units.length, isReused: true };
    this.#apply({ kind: 'finished', run: run.id, task, ...report }, now);
    this.counters.add('tasks_reused');
    this.#noteFinished(run, task, report, now);
    this.#emit(run.id, {
      kind: 'task-done',
      taskId: this.#title(run.id, task),
      isReused: true,
      work: NO_WORK,
      seconds: 0,
    });
    this.#advance(run);
    return true;
  }

  #find({ key, columns }: WorkUnit, rows: number, isFit: boolean): UnitResult | undefined {
    const found = this.#options.results.find(key);
    if (found?.kind === 'fitted') return isFit ? found : undefined;
    return found?.rows === rows && found.columns === columns ? found : undefined;
  }

  /** A staging for a lease, for those units that the cache does not have. */
  #openStaging(run: RunState, { task, token }: LeaseRef): readonly WorkUnit[] {
    const { isFit, rows, units } = run.bind(task);
    const missing = run.submitted.isCacheUsed
      ? units.filter((unit) => this.#find(unit, rows, isFit) === undefined)
      : units;
    const staging = new Staging({ title: run.workload.title(task), isFit, rows, units: missing });
    this.#stagings.set(token, { staging, units: missing });
    return missing;
  }

  #noteFinished(run: RunState, task: number, report: TaskReport, now: number): void {
    run.work = {
      images: run.work.images + report.work.images,
      forwards: run.work.forwards + report.work.forwards,
      gradients: run.work.gradients + report.work.gradients,
    };
    run.reusedUnits += report.reusedUnits;
    const facts = run.workload.finish(task, run.pool, report);
    run.boundTasks.delete(task);
    for (const need of facts) this.#ledger.apply({ kind: 'satisfied', run: run.id, need }, now);
  }

  #noteComputed(run: RunState, id: string, outcome: unknown, now: number): void {
    for (const need of run.workload.computed(id, outcome)) {
      this.#ledger.apply({ kind: 'satisfied', run: run.id, need }, now);
    }
  }

  /** Starts what has become possible: choices, the merge, or the end of a run that cannot go on. */
  #advance(run: RunState): void {
    if (run.ended !== null || run.isMerging) return;
    for (const id of run.workload.takeComputations()) {
      run.openComputations++;
      this.#batch.after(() => this.#options.compute(run, id));
    }
    const state = this.#ledger.run(run.id);
    if (state === undefined || run.openComputations > 0 || !state.isIdle) return;
    if (state.tasks.count('done') === state.tasks.size) {
      run.isMerging = true;
      this.#batch.after(() => this.#options.merge(run));
      return;
    }
    const [failed] = [...state.lastFailure].filter(
      ([task]) => state.tasks.is(task, 'failed') || state.tasks.is(task, 'quarantined'),
    );
    if (failed === undefined) return;
    const [task, { code, message }] = failed;
    const count = state.tasks.count('failed') + state.tasks.count('quarantined');
    const others = count > 1 ? ` (and ${count - 1} more tasks)` : '';
    this.#end(run, 'failed', null, {
      code,
      message: `task ${run.workload.title(task)}: ${message}${others}`,
    });
  }

  #end(
    run: RunState,
    status: 'done' | 'failed' | 'cancelled',
    result: SubmittedResult,
    problem: { readonly code: OodError['code']; readonly message: string } | null,
  ): void {
    const now = this.#options.wallClock();
    const seconds = (now.getTime() - Date.parse(run.submitted.at)) / 1000;
    const record = {
      kind: 'ended',
      run: run.id,
      status,
      at: now.toISOString(),
      seconds,
      result,
      problem,
    } as const;
    this.#batch.record(record);
    this.#noteEnded(run, record);
    this.counters.add(`runs_${status}`);
    this.#emit(run.id, { kind: 'ended', status, problem });
  }

  #noteEnded(run: RunState, record: Extract<JournalRecord, { kind: 'ended' }>): void {
    run.ended = record;
    run.isMerging = false;
    // A failed run keeps its tasks: it may be retried.
    if (record.status === 'failed') return;
    this.#ledger.removeRun(run.id);
    run.dropWorkload();
  }

  // ---- small things

  #activeRun(id: string): RunState {
    const run = this.#run(id);
    if (run.ended !== null) throw new OodError('invalid-input', `run "${id}" is over: ${run.ended.status}`);
    return run;
  }

  #run(id: string): RunState {
    const run = this.#runs.get(id);
    if (run === undefined) throw new OodError('not-found', `there is no run "${id}"`);
    return run;
  }

  /** Journals an event and applies it. */
  #apply(event: LedgerRecord, now: number): void {
    this.#batch.record(event);
    for (const command of this.#ledger.apply(event, now)) {
      if (command.kind === 'finish') continue;
      const { lease } = command;
      this.#closeStaging(lease);
      const peer = this.#workers.ofId(lease.worker)?.peer;
      const isOwn = 'token' in event && event.token === lease.token && event.kind !== 'expired';
      if (peer !== null && peer !== undefined && !isOwn) {
        const ref = refOf(lease);
        this.#batch.after(() => peer.send({ kind: 'cancel', lease: ref }));
      }
    }
    if (event.kind === 'completed') this.#closeStaging(event);
  }

  #closeStaging({ token }: { readonly token: string }): void {
    this.#stagings.delete(token);
    this.#batch.endLease(token);
  }

  #publish({ run: id, task, attempt, epoch, priority }: Offer): void {
    const run = this.#run(id);
    const model = run.workload.model(task);
    const messageId = `${this.#boot}:${id}:${task}:${attempt}:${epoch}`;
    const bundle = bundleLimit(this.#workers.pools.get(run.pool)?.fewest ?? 1);
    const message: QueueMessage = { id: messageId, run: id, task, priority, pool: run.pool, model, bundle };
    this.#batch.after(() => this.#options.publish(message));
  }

  #title(run: string, task: number): string {
    return this.#runs.get(run)?.workload.title(task) ?? `${task}`;
  }

  #emit(run: string, event: RunEvent): void {
    this.#batch.after(() => this.#options.onEvent(run, event));
  }
}

interface Refusal {
  readonly retryMs: number | null;
}
/** The hint is good for nothing any more. */
const DROP: Refusal = { retryMs: null };
/** Another worker may take it, or this one in a while. */
const LATER: Refusal = { retryMs: 1000 };

/** What the journal keeps of the ledger's events. */
type LedgerRecord = Extract<JournalRecord, { kind: LedgerEvent['kind'] }>;

type SubmittedResult = Extract<JournalRecord, { kind: 'ended' }>['result'];

const refOf = ({ run, task, attempt, token }: LeaseRef): LeaseRef => ({ run, task, attempt, token });
