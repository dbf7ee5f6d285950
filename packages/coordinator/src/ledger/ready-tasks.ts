/** Entries looked at for each task that is wanted. */
const LOOKED_AT = 4;

/**
 * The ready tasks of a run, first the most urgent. A task that is taken out stays in the heap, marked, until it
 * comes to the top: most leave from there, and none has to be looked for.
 */
export class ReadyTasks {
  readonly #isBefore: (a: number, b: number) => boolean;
  readonly #heap: number[] = [];
  readonly #isInHeap: Uint8Array;
  readonly #isReady: Uint8Array;
  #count = 0;

  /** For the tasks 0 to `size - 1`, whose order never changes. */
  constructor(size: number, isBefore: (a: number, b: number) => boolean) {
    this.#isBefore = isBefore;
    this.#isInHeap = new Uint8Array(size);
    this.#isReady = new Uint8Array(size);
  }

  get size(): number {
    return this.#count;
  }

  add(task: number): void {
    if (this.#isReady[task] === 1) return;
    this.#isReady[task] = 1;
    this.#count++;
    if (this.#isInHeap[task] === 1) return;
    this.#isInHeap[task] = 1;
    this.#rise(task);
  }

  remove(task: number): void {
    if (this.#isReady[task] !== 1) return;
    this.#isReady[task] = 0;
    this.#count--;
  }

  peek(): number | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined || this.#isReady[top] === 1) return top;
      this.#isInHeap[top] = 0;
      const last = this.#heap.pop();
      if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    }
  }

  /** The most urgent ones in their order, `limit` at most; fewer where many that were taken out lie between them. */
  first(limit: number): readonly number[] {
    const found: number[] = [];
    // Places whose parents were looked at: nothing that was not is more urgent than the most urgent of them.
    const open = this.#heap.length > 0 ? [0] : [];
    for (let looked = 0; open.length > 0 && found.length < limit && looked < LOOKED_AT * limit; looked++) {
      const next = open.reduce((best, place) => (this.#isPlaceBefore(place, best) ? place : best));
      open.splice(open.indexOf(next), 1);
      const task = this.#heap[next];
      if (task !== undefined && this.#isReady[task] === 1) found.push(task);
      for (const below of [2 * next + 1, 2 * next + 2]) if (below < this.#heap.length) open.push(below);
    }
    return found;
  }

  #isPlaceBefore(a: number, b: number): boolean {
    return this.#isBefore(this.#heap[a] ?? noPlace(a), this.#heap[b] ?? noPlace(b));
  }

  /** Puts a task at the end, and from there to its place. */
  #rise(task: number): void {
    let place = this.#heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#heap[above] ?? noPlace(above);
      if (!this.#isBefore(task, parent)) break;
      this.#heap[place] = parent;
      place = above;
    }
    this.#heap[place] = task;
  }

  /** Puts a task at the top, and from there to its place. */
  #sink(task: number): void {
    let place = 0;
    for (let below = 1; below < this.#heap.length; below = 2 * place + 1) {
      const left = this.#heap[below] ?? noPlace(below);
      const right = this.#heap[below + 1];
      const isRight = right !== undefined && this.#isBefore(right, left);
      const child = isRight ? right : left;
      if (!this.#isBefore(child, task)) break;
      this.#heap[place] = child;
      place = isRight ? below + 1 : below;
    }
    this.#heap[place] = task;
  }
}

/** Beyond its end the heap has no task, and none of number 0. */
function noPlace(place: number): never {
  throw new RangeError(`the heap has no place ${place}`);
}
