import { fillPhilox } from './philox.js';

/** Draws that fit in this many bytes are kept, so that the next cell of the same size finds them. */
const KEPT_BYTES = 48 * 1024 ** 2;

/**
 * Counts of draws of each sample in each replicate of a stratified bootstrap of [n] ID and [m] OOD samples. Draws
 * depend on (seed, replicate, side, size of the side) alone, so all cells of a pair share them: that pairs the methods, and they
 * are made once.
 */
export class BootstrapDraws {
  readonly replicates: number;
  readonly n: number;
  readonly m: number;
  readonly #seed: number;
  readonly #kept: Int8Array | null;
  #keptReplicates = 0;
  readonly #one: Int8Array;
  readonly #words: Uint32Array;

  constructor(seed: number, replicates: number, n: number, m: number, keptBytes = KEPT_BYTES) {
    this.#seed = seed;
    this.replicates = replicates;
    this.n = n;
    this.m = m;
    const bytes = replicates * (n + m);
    this.#kept = bytes <= keptBytes ? new Int8Array(bytes) : null;
    this.#one = new Int8Array(n + m);
    this.#words = new Uint32Array(Math.min(4096, 4 * Math.ceil(Math.max(n, m) / 4)));
  }

  /**
   * Returns the count of draws of each ID sample, then minus that of each OOD sample [n + m]: the sign tells the side; valid until the
   * next call. A byte is enough: of 128 samples or more the same one is drawn 128 times with a probability below 1e-200.
   */
  counts(replicate: number): Int8Array {
    const size = this.n + this.m;
    if (this.#kept === null) {
      this.#one.fill(0);
      this.#draw(replicate, this.#one);
      return this.#one;
    }
    for (; this.#keptReplicates <= replicate; this.#keptReplicates++) {
      const at = this.#keptReplicates * size;
      this.#draw(this.#keptReplicates, this.#kept.subarray(at, at + size));
    }
    return this.#kept.subarray(replicate * size, (replicate + 1) * size);
  }

  #draw(replicate: number, counts: Int8Array): void {
    this.#drawSide(replicate, 0, counts.subarray(0, this.n), 1);
    this.#drawSide(replicate, 1, counts.subarray(this.n), -1);
  }

  #drawSide(replicate: number, side: number, counts: Int8Array, sign: number): void {
    const n = counts.length;
    const share = n / 2 ** 32;
    const key = { seed: this.#seed, stream: side, counter: [replicate, 0] } as const;
    const words = this.#words;
    for (let from = 0; from < n; from += words.length) {
      fillPhilox(words, key, from / 4);
      const here = Math.min(words.length, n - from);
      for (let i = 0; i < here; i++) counts[(words[i] * share) >>> 0] += sign;
    }
  }
}
