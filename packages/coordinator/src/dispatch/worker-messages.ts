import type { RunEvent } from '@oodgrid/contract';
import { OodError } from '@oodgrid/contract';
import {
  isWireVersionSpoken,
  type LeaseRef,
  type Registration,
  type WorkerMessage,
  type WorkerPeer,
  wireVersionRefusal,
} from '@oodgrid/transport';
import type { Ledger } from '../ledger/ledger.js';
import type { BatchBuilder } from './batch.js';
import type { ClassAssignment } from './class-assignment.js';
import type { Counters } from './counters.js';
import type { FailureHandler } from './failure-handler.js';
import { type JournaledLedger, refOf } from './journaled-ledger.js';
import type { LeaseRequests } from './lease-requests.js';
import type { Offers } from './offers.js';
import type { RunRegistry } from './run-registry.js';
import type { Tallies } from './tallies.js';
import { type TaskResults, WINDOW_BYTES } from './task-results.js';
import type { TooLargeTasks } from './too-large-tasks.js';
import { type KnownWorker, sameLease, type WorkerConnections } from './worker-connections.js';
import { checkIdentity } from './worker-identity.js';

export interface WorkerMessagesOptions {
  readonly registry: Pick<RunRegistry, 'all' | 'title'>;
  readonly workers: WorkerConnections;
  readonly ledger: Pick<Ledger, 'leasesOf' | 'renew' | 'shorten' | 'pools'>;
  readonly journal: Pick<JournaledLedger, 'apply'>;
  readonly requests: Pick<LeaseRequests, 'request' | 'wait' | 'forget'>;
  readonly results: Pick<TaskResults, 'accept' | 'holds'>;
  readonly failures: Pick<FailureHandler, 'said'>;
  readonly offers: Pick<Offers, 'startAnew'>;
  readonly classes: Pick<ClassAssignment, 'pinWaiting'>;
  readonly tooLarge: Pick<TooLargeTasks, 'workerCame'>;
  readonly batch: Pick<BatchBuilder, 'after' | 'send' | 'emit' | 'ack'>;
  readonly counters: Pick<Counters, 'add'>;
  readonly tallies: Pick<Tallies, 'streams' | 'leasesRenewed' | 'repeatedMessages'>;
  /** A lease that is not renewed for so many milliseconds is lost. */
  readonly leaseMs: number;
  /** Id of the coordinator's own queue; null where workers ask the coordinator itself. */
  readonly queue: string | null;
}

/** A worker that was cut off keeps its leases for this time. */
const GRACE_MS = 5000;

/** The conversation with workers: registration, heartbeats, and the order of what must not be lost. */
export class WorkerMessages {
  readonly #options: WorkerMessagesOptions;
  #startedAt = 0;

  constructor(options: WorkerMessagesOptions) {
    this.#options = options;
  }

  /** The coordinator begins: workers that hold leases have a while to come back. */
  open(now: number): void {
    this.#startedAt = now;
  }

  /** Throws `invalid-input` for a worker that cannot be spoken with, `conflict` for one whose id is another's. */
  register(peer: WorkerPeer, registration: Registration, now: number): void {
    const { worker, proof, held } = registration;
    const { workers, ledger, batch, offers, requests, failures, classes, tooLarge, leaseMs, queue } =
      this.#options;
    this.#checkVersion(registration);
    const known = workers.ofId(worker.workerId);
    const leases = ledger.leasesOf(worker.workerId);
    checkIdentity(registration, { known, leases, startedAt: this.#startedAt, now });
    const isAnother = known !== undefined && known.proof !== proof;
    const isFirst = !workers.pools.has(worker.numericsClass);
    const former = workers.connect(peer, registration, now);
    tooLarge.workerCame();
    // Who comes to a pool that was left must not wade through what its former workers did not take.
    if (isFirst) offers.startAnew(worker.numericsClass);
    if (former !== null) {
      requests.forget(former);
      const reason = isAnother ? 'another process has taken its place' : 'the worker connected again';
      batch.after(() => former.close(reason));
    }
    this.#settleLeases(registration, isAnother, now);
    batch.send(peer, { kind: 'registered', leaseMs, windowBytes: WINDOW_BYTES, queue });
    for (const ref of held) {
      if (!this.#options.results.holds(worker.workerId, ref))
        batch.send(peer, { kind: 'cancel', lease: ref });
    }
    const isNew = known === undefined || isAnother;
    this.#options.tallies.streams[isNew ? 'new' : 'resumed']++;
    // What the former process said of itself is over with it.
    if (isNew) failures.said(worker.workerId, '', now);
    classes.pinWaiting(now);
    if (isNew) this.#emitToAll({ kind: 'worker-joined', worker });
  }

  receive(peer: WorkerPeer, message: WorkerMessage, now: number): void {
    const { workers, requests, failures, batch, registry, results } = this.#options;
    const worker = workers.ofPeer(peer);
    if (worker === undefined) return;
    worker.probedAt = null;
    worker.heardAt = now;
    const { workerId } = worker.info;
    switch (message.kind) {
      case 'lease-request':
        if (message.hint === null) requests.wait(peer, worker, message.requestId);
        else requests.request(worker, message.requestId, message.hint, now);
        return;
      case 'heartbeat':
        worker.doing = message.doing;
        failures.said(workerId, message.trouble, now);
        if (message.isLeaving === true) {
          workers.drain(workerId);
          batch.send(peer, { kind: 'drain' });
        }
        for (const lease of message.leases) {
          if (!this.#renew(workerId, lease, now)) batch.send(peer, { kind: 'cancel', lease });
        }
        return;
      case 'progress': {
        const { lease, work } = message;
        if (!this.#renew(workerId, lease, now)) return;
        const taskId = registry.title(lease.run, lease.task);
        batch.emit(lease.run, { kind: 'task-progress', taskId, work });
        return;
      }
      case 'log': {
        const { lease, line } = message;
        if (!results.holds(workerId, lease)) return;
        const taskId = registry.title(lease.run, lease.task);
        batch.emit(lease.run, { kind: 'log', taskId, workerId, line });
        return;
      }
      case 'reliable':
        this.#receiveReliable(worker, peer, message, now);
        return;
    }
  }

  disconnected(peer: WorkerPeer, now: number): void {
    const { workers, ledger, requests } = this.#options;
    requests.forget(peer);
    const worker = workers.disconnect(peer, now);
    if (worker === undefined) return;
    const { workerId } = worker.info;
    ledger.shorten(workerId, now, GRACE_MS);
    this.#emitToAll({ kind: 'worker-lost', workerId });
  }

  #checkVersion({ protocol, worker, proof }: Registration): void {
    if (!isWireVersionSpoken(protocol)) {
      this.#options.counters.add('refused_wire_version');
      throw new OodError('invalid-input', wireVersionRefusal(`worker ${worker.workerId}`, protocol));
    }
    if (proof === '')
      throw new OodError('invalid-input', `worker ${worker.workerId} has nothing to prove itself by`);
  }

  /** Keeps the leases that the worker still holds, and takes back the others of its id. */
  #settleLeases({ worker, held }: Registration, isAnother: boolean, now: number): void {
    const { ledger, journal } = this.#options;
    for (const lease of ledger.leasesOf(worker.workerId)) {
      // Granted on a connection that broke before the worker heard of it, or to a process that is no more.
      if (!isAnother && held.some((ref) => sameLease(ref, lease))) ledger.renew(lease, now);
      else {
        journal.apply({ kind: 'released', ...refOf(lease) }, now);
        ledger.pools.addStrays(worker.numericsClass, 1);
      }
    }
  }

  #renew(workerId: string, ref: LeaseRef, now: number): boolean {
    const isKept = this.#options.results.holds(workerId, ref) && this.#options.ledger.renew(ref, now);
    if (isKept) this.#options.tallies.leasesRenewed++;
    return isKept;
  }

  /** Takes messages in the order of their numbers: one that was had is only acknowledged, a gap ends the connection. */
  #receiveReliable(
    worker: KnownWorker,
    peer: WorkerPeer,
    { sequence, message }: Extract<WorkerMessage, { kind: 'reliable' }>,
    now: number,
  ): void {
    const { batch, counters, results } = this.#options;
    if (sequence > worker.expected) {
      counters.add('refused_sequence_gap');
      batch.after(() => peer.close(`message ${worker.expected} is missing`));
      return;
    }
    if (sequence < worker.expected) this.#options.tallies.repeatedMessages++;
    else {
      worker.expected++;
      try {
        results.accept(worker, message, now);
      } catch (thrown) {
        const { code, message: text } = OodError.from(thrown);
        counters.add(`refused_${code}`);
        batch.send(peer, { kind: 'refused', sequence, code, message: text });
      }
    }
    batch.ack(peer, worker.expected - 1);
  }

  /** Tells the watchers of every run that has not ended. */
  #emitToAll(event: RunEvent): void {
    const { registry, batch } = this.#options;
    for (const run of registry.all.values()) if (run.ended === null) batch.emit(run.id, event);
  }
}
