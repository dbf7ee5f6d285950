interface Entry {
  readonly at: number;
  readonly order: number;
  work: (() => void) | null;
}

/** Simulated time: work is done in the order of its time, ties in the order in which it was asked for. */
export class Scheduler {
  readonly #heap: Entry[] = [];
  #order = 0;
  #now = 0;

  get now(): number {
    return this.#now;
  }

  after(milliseconds: number, work: () => void): () => void {
    const entry: Entry = { at: this.#now + Math.max(0, milliseconds), order: this.#order++, work };
    this.#push(entry);
    return () => {
      entry.work = null;
    };
  }

  /** Does the next piece of work; false when there is none. */
  step(): boolean {
    const entry = this.#pop();
    if (entry === undefined) return false;
    this.#now = entry.at;
    entry.work?.();
    return true;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(entry);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as Entry;
      if (!isBefore(entry, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Entry, heap[below] as Entry)) below++;
      const child = heap[below] as Entry;
      if (!isBefore(child, last)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
    return first;
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
