import { type Digest, OodError } from '@oodgrid/protocol';
import {
  type Hint,
  type LeaseRef,
  PROTOCOL_VERSION,
  type Registration,
  type ReliableMessage,
  type WorkerMessage,
  type WorkerPeer,
} from '@oodgrid/transport';
import type { Lease } from '../ledger/ledger-events.js';
import type { ResultReader } from '../store/result-reader.js';
import type { StagedChunk } from '../store/store.js';
import type { BlobDesk } from './blob-desk.js';
import type { ClassDesk } from './class-desk.js';
import type { FailureDesk } from './failure-desk.js';
import type { Offers } from './offers.js';
import { type RunKeeper, refOf, type Staged } from './run-keeper.js';
import type { RunState } from './run-state.js';
import { type KnownWorker, sameLease } from './worker-book.js';
import { checkIdentity } from './worker-identity.js';

export interface WorkerDeskOptions {
  readonly blobs: BlobDesk;
  readonly failures: FailureDesk;
  readonly leaseMs: number;
  /** Fencing tokens: never the same twice. */
  readonly newToken: () => string;
  readonly results: ResultReader;
  /** Id of the coordinator's own queue. */
  readonly queue: string;
  readonly offers: Offers;
  readonly classes: ClassDesk;
}

/** How long a worker that was cut off keeps its leases. */
const GRACE_MS = 5000;
/** Bytes of one lease that may wait for their acknowledgement. */
const WINDOW_BYTES = 4 * 1024 ** 2;

/** Where workers are talked with: registration, leases, and what they hand in. */
export class WorkerDesk {
  readonly #keeper: RunKeeper;
  readonly #options: WorkerDeskOptions;
  readonly #blobs: BlobDesk;
  readonly #failures: FailureDesk;
  #startedAt = 0;

  constructor(keeper: RunKeeper, options: WorkerDeskOptions) {
    this.#keeper = keeper;
    this.#options = options;
    this.#blobs = options.blobs;
    this.#failures = options.failures;
  }

  /** From now on workers may come, and those that hold leases should. */
  open(now: number): void {
    this.#startedAt = now;
  }

  /** Throws OodError to turn the worker away. */
  register(peer: WorkerPeer, registration: Registration, now: number): void {
    const { protocol, worker, proof, held } = registration;
    if (protocol !== PROTOCOL_VERSION) {
      this.#keeper.counters.add('refused_protocol_version');
      throw new OodError(
        'invalid-input',
        `worker ${worker.workerId} speaks protocol ${protocol}, this coordinator ${PROTOCOL_VERSION}: install the same version on both`,
      );
    }
    if (proof === '')
      throw new OodError('invalid-input', `worker ${worker.workerId} has nothing to prove itself by`);
    const { workers, ledger } = this.#keeper;
    const known = workers.ofId(worker.workerId);
    const leases = ledger.leasesOf(worker.workerId);
    checkIdentity(registration, { known, leases, startedAt: this.#startedAt, now });
    const isAnother = known !== undefined && known.proof !== proof;
    const isFirst = !workers.pools.has(worker.numericsClass);
    const former = workers.connect(peer, registration, now);
    // Who comes to a pool that was left must not wade through what its former workers did not take.
    if (isFirst) this.#options.offers.startAnew(worker.numericsClass);
    if (former !== null) {
      const reason = isAnother ? 'another process has taken its place' : 'the worker connected again';
      this.#keeper.batch.after(() => former.close(reason));
    }
    for (const lease of leases) {
      // Granted on a connection that broke before the worker heard of it, or to a process that is no more.
      if (!isAnother && held.some((ref) => sameLease(ref, lease))) ledger.renew(lease, now);
      else {
        this.#keeper.apply({ kind: 'released', ...refOf(lease) }, now);
        ledger.pools.addStrays(worker.numericsClass, 1);
      }
    }
    const { leaseMs, queue } = this.#options;
    this.#keeper.batch.after(() =>
      peer.send({ kind: 'registered', leaseMs, windowBytes: WINDOW_BYTES, queue }),
    );
    for (const ref of held) {
      if (!this.#holds(worker.workerId, ref))
        this.#keeper.batch.after(() => peer.send({ kind: 'cancel', lease: ref }));
    }
    const isNew = known === undefined || isAnother;
    // What the former process said of itself is over with it.
    if (isNew) this.#failures.said(worker.workerId, '', now);
    this.#options.classes.bindWaiting(now);
    for (const run of this.#keeper.runs.values()) {
      if (run.ended === null && isNew) this.#keeper.emit(run.id, { kind: 'worker-joined', worker });
    }
  }

  receive(peer: WorkerPeer, message: WorkerMessage, now: number): void {
    const worker = this.#keeper.workers.ofPeer(peer);
    if (worker === undefined) return;
    worker.probedAt = null;
    const { workerId } = worker.info;
    switch (message.kind) {
      case 'lease-request':
        if (message.hint !== null) this.#requestLease(worker, message.requestId, message.hint, now);
        return;
      case 'heartbeat':
        worker.doing = message.doing;
        this.#failures.said(workerId, message.trouble, now);
        for (const lease of message.leases) {
          if (!this.#renew(workerId, lease, now))
            this.#keeper.batch.after(() => peer.send({ kind: 'cancel', lease }));
        }
        return;
      case 'progress':
        if (this.#renew(workerId, message.lease, now)) {
          const taskId = this.#keeper.title(message.lease.run, message.lease.task);
          this.#keeper.emit(message.lease.run, { kind: 'task-progress', taskId, work: message.work });
        }
        return;
      case 'log':
        if (this.#holds(workerId, message.lease)) {
          const taskId = this.#keeper.title(message.lease.run, message.lease.task);
          this.#keeper.emit(message.lease.run, { kind: 'log', taskId, workerId, line: message.line });
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
    const worker = this.#keeper.workers.disconnect(peer, now);
    if (worker === undefined) return;
    const { workerId } = worker.info;
    this.#keeper.ledger.shorten(workerId, now, GRACE_MS);
    for (const run of this.#keeper.runs.values()) {
      if (run.ended === null) this.#keeper.emit(run.id, { kind: 'worker-lost', workerId });
    }
  }

  /** Whether a lease lives and is the worker's own. */
  #holds(workerId: string, ref: LeaseRef): boolean {
    const lease = this.#keeper.ledger.find(ref);
    if (lease === undefined) return false;
    const isOwn = this.#keeper.workers.owns(workerId, lease);
    if (!isOwn) this.#keeper.counters.add('refused_foreign_lease');
    return isOwn;
  }

  #renew(workerId: string, ref: LeaseRef, now: number): boolean {
    return this.#holds(workerId, ref) && this.#keeper.ledger.renew(ref, now);
  }

  #requestLease(worker: KnownWorker, requestId: number, hint: Hint, now: number): void {
    const { peer, info } = worker;
    if (peer === null) return;
    const { run: id, task } = hint;
    const run = this.#keeper.runs.get(id);
    const refusal = run === undefined ? DROP : this.#refusal(worker, run, task, now);
    if (run === undefined || refusal !== undefined) {
      const { retryMs } = refusal ?? DROP;
      if (retryMs === null) this.#keeper.ledger.pools.addStrays(info.numericsClass, -1);
      this.#keeper.counters.add(retryMs === null ? 'hints_dropped' : 'hints_postponed');
      this.#keeper.batch.after(() => peer.send({ kind: 'denied', requestId, retryMs }));
      return;
    }
    const attempt = (this.#keeper.ledger.run(id)?.tasks.attempts[task] ?? 0) + 1;
    const lease: LeaseRef = { run: id, task, attempt, token: this.#options.newToken() };
    this.#keeper.apply({ kind: 'leased', worker: info.workerId, ...lease }, now);
    const spec = run.bind(task).spec(this.#keeper.openStaging(run, lease));
    this.#keeper.batch.after(() => peer.send({ kind: 'granted', requestId, lease, task: spec }));
    const taskId = this.#keeper.title(id, task);
    this.#keeper.emit(id, { kind: 'task-started', taskId, workerId: info.workerId, attempt });
  }

  /** Why a worker does not get a task; undefined when it does. */
  #refusal(worker: KnownWorker, run: RunState, task: number, now: number): Refusal | undefined {
    const { workerId, numericsClass, memoryBytes } = worker.info;
    if (run.ended !== null || !this.#keeper.ledger.canLease(run.id, task, workerId)) return DROP;
    // It was offered in another pool before, or its worker takes no more: somebody else gets it by another message.
    if (run.pool !== numericsClass) return DROP;
    if (worker.isDraining) {
      this.#options.offers.offerAgain(run.id, task, now);
      return DROP;
    }
    if (worker.places === 0) {
      this.#failures.remind(worker, now);
      return ELSEWHERE;
    }
    if (this.#failures.isForOthers(run, task, workerId, now)) return ELSEWHERE;
    if (this.#keeper.ledger.leaseCountOf(workerId) >= worker.places) {
      this.#keeper.counters.add('refused_no_place');
      return LATER;
    }
    const needed = run.workload.memoryBytes(task);
    if (needed > 0 && needed + this.#memoryInUse(workerId) > memoryBytes) return LATER;
    // It may have been computed for another run meanwhile.
    if (run.submitted.isCacheUsed && this.#keeper.reuse(run, task, now)) return DROP;
    return this.#blobs.holdsBack(run, task, now) ? DROP : undefined;
  }

  #memoryInUse(workerId: string): number {
    let sum = 0;
    for (const { run, task } of this.#keeper.ledger.leasesOf(workerId)) {
      sum += this.#keeper.runs.get(run)?.workload.memoryBytes(task) ?? 0;
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
      this.#keeper.counters.add('refused_sequence_gap');
      this.#keeper.batch.after(() => peer.close(`message ${worker.expected} is missing`));
      return;
    }
    if (sequence === worker.expected) {
      worker.expected++;
      try {
        this.#accept(worker, message, now);
      } catch (thrown) {
        const { code, message: text } = OodError.from(thrown);
        this.#keeper.counters.add(`refused_${code}`);
        this.#keeper.batch.after(() => peer.send({ kind: 'refused', sequence, code, message: text }));
      }
    }
    this.#keeper.batch.ack(peer, worker.expected - 1);
  }

  #accept(worker: KnownWorker, message: ReliableMessage, now: number): void {
    const { run: id, task, attempt, token } = message;
    const run = this.#keeper.runs.get(id);
    const lease = this.#holds(worker.info.workerId, message) ? this.#keeper.ledger.find(message) : undefined;
    const staged = this.#keeper.staged(token);
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
        this.#keeper.batch.chunk(chunk);
        return;
      }
      case 'fitted': {
        const chunk: StagedChunk = { kind: 'fitted', token, key: message.key, blob: message.blob };
        staged.staging.add(chunk);
        this.#keeper.batch.chunk(chunk);
        return;
      }
      case 'done':
        this.#complete(worker, run, lease, staged, message, now);
        return;
      case 'released':
        this.#keeper.apply({ kind: 'released', ...ref }, now);
        return;
      case 'failed':
        this.#failures.failed(run, ref, worker, message, now);
        return;
    }
  }

  #complete(
    worker: KnownWorker,
    run: RunState,
    lease: Lease,
    { staging, units }: Staged,
    { work, seconds }: Extract<ReliableMessage, { kind: 'done' }>,
    now: number,
  ): void {
    const ref = refOf(lease);
    const results = units.map(({ key }) => ({ key, result: staging.result(key) }));
    const reused = run.bind(ref.task).units.filter((unit) => !units.includes(unit));
    const known = reused.map(({ key }) => ({ key, result: this.#options.results.find(key) }));
    if (known.some(({ result }) => result === undefined)) {
      // What it was not asked for, because it was there when the lease was given, is gone since.
      this.#keeper.counters.add('reused_and_gone');
      this.#keeper.apply({ kind: 'released', ...ref }, now);
      return;
    }
    const fitted: Record<Digest, Digest> = {};
    for (const { key, result } of results) {
      if (result.kind === 'fitted') fitted[key] = result.blob;
      this.#keeper.batch.result({ key, result });
    }
    for (const { key, result } of known) if (result?.kind === 'fitted') fitted[key] = result.blob;
    this.#failures.doneWell(run, ref.task, worker, now);
    for (const blob of Object.values(fitted)) this.#blobs.arrived(blob);
    const report = {
      fitted,
      work,
      seconds,
      reusedUnits: reused.length,
      isReused: false,
      worker: lease.worker,
    };
    this.#keeper.apply({ kind: 'completed', ...ref, ...report }, now);
    this.#keeper.counters.add('tasks_done');
    this.#keeper.noteFinished(run, ref.task, report, now);
    const taskId = this.#keeper.title(run.id, ref.task);
    this.#keeper.emit(run.id, { kind: 'task-done', taskId, isReused: false, work, seconds });
    this.#keeper.advance(run);
  }
}

interface Refusal {
  readonly retryMs: number | null;
}
/** The hint is good for nothing any more. */
const DROP: Refusal = { retryMs: null };
/** Another worker may take it, or this one in a while. */
const LATER: Refusal = { retryMs: 1000 };
/** Others may take it, and soon. */
const ELSEWHERE: Refusal = { retryMs: 250 };
