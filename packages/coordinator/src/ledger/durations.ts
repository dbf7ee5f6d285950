/** Buckets per doubling: the median is known to about 4 %. */
const PER_DOUBLING = 16;
const BUCKETS = 64 * PER_DOUBLING;

/** Durations of one kind of task, kept as a histogram with geometric buckets: O(1) to add, bounded memory. */
export class Durations {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  get count(): number {
    return this.#total;
  }

  add(milliseconds: number): void {
    const place = Math.floor(Math.log2(Math.max(1, milliseconds)) * PER_DOUBLING);
    const bucket = Math.min(BUCKETS - 1, place);
    const count = this.#counts[bucket];
    if (count === undefined) throw new RangeError(`a task cannot have taken ${milliseconds} ms`);
    this.#counts[bucket] = count + 1;
    this.#total++;
  }

  /** The upper edge of the bucket that holds the median; 0 while there is none. */
  median(): number {
    let left = this.#total / 2;
    if (left === 0) return 0;
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return 2 ** ((bucket + 1) / PER_DOUBLING);
    }
    return 0;
  }
}
