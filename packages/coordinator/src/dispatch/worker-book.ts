import type { LeaseRef, Registration, WorkerInfo, WorkerPeer } from '@oodgrid/transport';

/** A worker that is connected, or was a moment ago. */
export interface KnownWorker {
  info: WorkerInfo;
  peer: WorkerPeer | null;
  /** What only its process knows. */
  readonly proof: string;
  /** When it connected, or when it was lost. */
  since: number;
  /** When it was asked whether it lives; null: it has said something since. */
  probedAt: number | null;
  /** Number of the next reliable message. */
  expected: number;
  isDraining: boolean;
  /** What it says that it does. */
  doing: string;
  /** Bytes of chunks that wait for their commit, by token. */
  readonly unacked: Map<string, number>;
}

/** The connected workers of one numerics class. */
interface Pool {
  /** Tasks that they hold together. */
  readonly slots: number;
  /** Tasks that the one with the fewest places holds. */
  readonly fewest: number;
}

/** Who works here. */
export class WorkerBook {
  readonly #byId = new Map<string, KnownWorker>();
  readonly #byPeer = new Map<WorkerPeer, KnownWorker>();
  readonly #pools = new Map<string, Pool>();

  get all(): Iterable<KnownWorker> {
    return this.#byId.values();
  }

  ofPeer(peer: WorkerPeer): KnownWorker | undefined {
    return this.#byPeer.get(peer);
  }

  ofId(id: string): KnownWorker | undefined {
    return this.#byId.get(id);
  }

  /** Notes a connection and gives the one that it replaces. */
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
      expected: nextSequence,
      isDraining: known?.proof === proof && known.isDraining,
      doing: '',
      unacked: new Map(),
    };
    this.#byId.set(info.workerId, worker);
    this.#byPeer.set(peer, worker);
    this.#countSlots();
    return former;
  }

  disconnect(peer: WorkerPeer, now: number): KnownWorker | undefined {
    const worker = this.#byPeer.get(peer);
    this.#byPeer.delete(peer);
    if (worker !== undefined) {
      worker.peer = null;
      worker.since = now;
    }
    this.#countSlots();
    return worker;
  }

  /** Forgets a worker that is gone for good. */
  forget(id: string): void {
    const worker = this.#byId.get(id);
    if (worker?.peer === null) this.#byId.delete(id);
  }

  drain(id: string): KnownWorker | undefined {
    const worker = this.#byId.get(id);
    if (worker === undefined) return undefined;
    worker.isDraining = true;
    this.#countSlots();
    return worker;
  }

  /** Pools that have workers. */
  get pools(): ReadonlyMap<string, Pool> {
    return this.#pools;
  }

  #countSlots(): void {
    this.#pools.clear();
    for (const { info, peer, isDraining } of this.#byId.values()) {
      if (peer === null || isDraining) continue;
      const { slots, fewest } = this.#pools.get(info.numericsClass) ?? { slots: 0, fewest: info.slots };
      this.#pools.set(info.numericsClass, {
        slots: slots + info.slots,
        fewest: Math.min(fewest, info.slots),
      });
    }
  }
}

export const sameLease = (a: LeaseRef, b: LeaseRef): boolean =>
  a.token === b.token && a.attempt === b.attempt && a.task === b.task && a.run === b.run;
