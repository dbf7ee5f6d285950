import { Durations } from './durations.js';
import { IndexedHeap } from './indexed-heap.js';
import type { Lease, LedgerSettings } from './ledger-events.js';

/** Leases of one pool for tasks of one kind. */
interface Group {
  /** In the order of their start: stragglers are at the front. */
  readonly byAge: Set<Lease>;
  readonly durations: Durations;
}

/** The live leases, by deadline, by worker, and by age within a group of tasks that take about as long. */
export class LeaseIndex {
  readonly #deadlines = new IndexedHeap<Lease>((a, b) => a.deadline < b.deadline);
  readonly #byWorker = new Map<string, Set<Lease>>();
  readonly #groups = new Map<string, Group>();

  add(lease: Lease, group: string): void {
    this.#deadlines.set(lease);
    this.#group(group).byAge.add(lease);
    const held = this.#byWorker.get(lease.worker);
    if (held === undefined) this.#byWorker.set(lease.worker, new Set([lease]));
    else held.add(lease);
  }

  remove(lease: Lease, group: string): void {
    this.#deadlines.remove(lease);
    this.#group(group).byAge.delete(lease);
    const held = this.#byWorker.get(lease.worker);
    held?.delete(lease);
    if (held?.size === 0) this.#byWorker.delete(lease.worker);
  }

  /** Notes how long a lease took whose task is done. */
  noteDuration(group: string, milliseconds: number): void {
    this.#group(group).durations.add(milliseconds);
  }

  setDeadline(lease: Lease, deadline: number): void {
    lease.deadline = deadline;
    this.#deadlines.set(lease);
  }

  nextDeadline(): number {
    return this.#deadlines.peek()?.deadline ?? Number.POSITIVE_INFINITY;
  }

  of(worker: string): readonly Lease[] {
    return [...(this.#byWorker.get(worker) ?? [])];
  }

  countOf(worker: string): number {
    return this.#byWorker.get(worker)?.size ?? 0;
  }

  /** Leases whose time is over; each is returned once. */
  takeOverdue(now: number): readonly Lease[] {
    const found: Lease[] = [];
    for (let lease = this.#deadlines.peek(); lease !== undefined && lease.deadline <= now; ) {
      this.#deadlines.remove(lease);
      found.push(lease);
      lease = this.#deadlines.peek();
    }
    return found;
  }

  /** Leases that take far longer than the median of their group; each is returned once. */
  takeStragglers(
    group: string,
    now: number,
    { stragglerFactor, stragglerSamples, stragglerMinMs }: LedgerSettings,
  ): readonly Lease[] {
    const { durations, byAge } = this.#group(group);
    if (durations.count < stragglerSamples) return [];
    const limit = Math.max(stragglerMinMs, stragglerFactor * durations.median());
    const found: Lease[] = [];
    for (const lease of byAge) {
      if (now - lease.startedAt < limit) break;
      byAge.delete(lease);
      found.push(lease);
    }
    return found;
  }

  #group(name: string): Group {
    const known = this.#groups.get(name) ?? { byAge: new Set<Lease>(), durations: new Durations() };
    this.#groups.set(name, known);
    return known;
  }
}
