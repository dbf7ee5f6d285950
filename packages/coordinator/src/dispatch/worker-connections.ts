import type { LeaseRef, Registration, WorkerInfo, WorkerPeer } from '@oodgrid/transport';
import type { Lease } from '../ledger/ledger-events.js';
import type { WorkerHealth } from './worker-health.js';

/** A worker that is connected, or was lost and is not forgotten yet. */
export interface KnownWorker {
  info: WorkerInfo;
  peer: WorkerPeer | null;
  /** Secret of its process. */
  readonly proof: string;
  /** Time at which it connected, or was lost. */
  since: number;
  /** Time at which it was asked for a sign of life; null when it has answered since. */
  probedAt: number | null;
  /** Time of its last message. */
  heardAt: number;
  /** Number of the next reliable message. */
  expected: number;
  isDraining: boolean;
  /** Tasks that it may hold now: none while it is set aside. */
  places: number;
  /** The worker's description of its present work, for display. */
  doing: string;
  /** Bytes of chunks that wait for their commit, by token of their lease. */
  readonly unacked: Map<string, number>;
}

/** The connected workers of one numerics class that take tasks. */
export interface Pool {
  /** Tasks that they may hold together. */
  readonly slots: number;
  /** Tasks that the one with the fewest places holds. */
  readonly fewest: number;
  /** Memory of the largest one, whether or not it is given tasks now. */
  readonly memoryBytes: number;
  readonly engine: WorkerInfo['engine'];
}

/** Connected and recently lost workers, by id and by connection, and the places that they have together. */
export class WorkerConnections {
  readonly #byId = new Map<string, KnownWorker>();
  readonly #byPeer = new Map<WorkerPeer, KnownWorker>();
  readonly #pools = new Map<string, Pool>();
  readonly #health: WorkerHealth;

  constructor(health: WorkerHealth) {
    this.#health = health;
  }

  get all(): Iterable<KnownWorker> {
    return this.#byId.values();
  }

  ofPeer(peer: WorkerPeer): KnownWorker | undefined {
    return this.#byPeer.get(peer);
  }

  ofId(id: string): KnownWorker | undefined {
    return this.#byId.get(id);
  }

  /** Whether a lease is the worker's own, so that what it says of it counts. */
  owns(workerId: string, lease: Lease): boolean {
    return lease.worker === workerId;
  }

  /** Notes a connection and returns the one that it replaces. */
  connect(peer: WorkerPeer, registration: Registration, now: number): WorkerPeer | null {
    const { worker: info, proof, nextSequence } = registration;
    const known = this.#byId.get(info.workerId);
    const former = known?.peer ?? null;
    if (former !== null) this.#byPeer.delete(former);
    const worker: KnownWorker = {
      info,
      peer,
      proof,
      since: now,
      probedAt: null,
      heardAt: now,
      expected: nextSequence,
      isDraining: known?.proof === proof && known.isDraining,
      places: 0,
      doing: '',
      unacked: new Map(),
    };
    this.#byId.set(info.workerId, worker);
    this.#byPeer.set(peer, worker);
    this.recount();
    return former;
  }

  /** Notes that a connection is over; the worker stays known until `forgetLost`. Undefined where it was replaced before. */
  disconnect(peer: WorkerPeer, now: number): KnownWorker | undefined {
    const worker = this.#byPeer.get(peer);
    this.#byPeer.delete(peer);
    if (worker !== undefined) {
      worker.peer = null;
      worker.since = now;
    }
    this.recount();
    return worker;
  }

  /** Forgets workers that were lost before some moment, and what spoke against them. */
  forgetLost(before: number): void {
    for (const [id, { peer, since }] of this.#byId) {
      if (peer !== null || since >= before) continue;
      this.#byId.delete(id);
      this.#health.forget(id);
    }
  }

  /** The worker is given no more tasks. Undefined where there is none of that id. */
  drain(id: string): KnownWorker | undefined {
    const worker = this.#byId.get(id);
    if (worker === undefined) return undefined;
    worker.isDraining = true;
    this.recount();
    return worker;
  }

  /** Numerics classes with workers that are connected and not draining. */
  get pools(): ReadonlyMap<string, Pool> {
    return this.#pools;
  }

  /** Counts the places of every pool again: called when a worker was set aside, or is taken back. */
  recount(): void {
    this.#pools.clear();
    const workers = [...this.#byId.values()].filter(({ peer, isDraining }) => peer !== null && !isDraining);
    for (const worker of workers) {
      const { info } = worker;
      const isAside = this.#health.asideOf(info.workerId) !== null;
      worker.places = isAside ? 0 : this.#health.isOnTrial(info.workerId) ? 1 : info.slots;
      this.#count(worker);
    }
    // Better one that others did better than nobody.
    for (const worker of workers) {
      const { workerId, numericsClass } = worker.info;
      if (this.#pools.get(numericsClass)?.slots !== 0 || this.#health.asideOf(workerId)?.isOwn !== false)
        continue;
      worker.places = 1;
      this.#count(worker);
    }
  }

  #count({ info, places }: KnownWorker): void {
    const known = this.#pools.get(info.numericsClass);
    this.#pools.set(info.numericsClass, {
      slots: (known?.slots ?? 0) + places,
      fewest: Math.min(known?.fewest ?? info.slots, info.slots),
      memoryBytes: Math.max(known?.memoryBytes ?? 0, info.memoryBytes),
      engine: known?.engine ?? info.engine,
    });
  }
}

export const sameLease = (a: LeaseRef, b: LeaseRef): boolean =>
  a.token === b.token && a.attempt === b.attempt && a.task === b.task && a.run === b.run;
