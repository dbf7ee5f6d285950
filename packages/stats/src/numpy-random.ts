const N = 624;
const M = 397;

/**
 * numpy's legacy `RandomState(seed)`: MT19937 with numpy's draws on top. The numbers are numpy's.
 * Matsumoto and Nishimura, "Mersenne Twister", 1998.
 */
export class NumpyRandomState {
  readonly #state = new Uint32Array(N);
  #position = N;

  /** `seed` is an integer in [0, 2^32). Throws RangeError otherwise. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
      throw new RangeError(`a numpy seed is an integer in [0, 2^32), got ${seed}`);
    }
    this.#state[0] = seed;
    for (let i = 1; i < N; i++) {
      const previous = this.#state[i - 1];
      this.#state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** Uniform 32-bit word. */
  next32(): number {
    if (this.#position >= N) this.#twist();
    let y = this.#state[this.#position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** `random_sample(n)`: doubles in [0, 1) of 53 bits. */
  randomSample(n: number): Float64Array {
    return Float64Array.from({ length: n }, () => {
      const a = this.next32() >>> 5;
      const b = this.next32() >>> 6;
      return (a * 67108864 + b) / 9007199254740992;
    });
  }

  /** `permutation(n)`: Fisher-Yates from the end, each index by masked rejection. */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.#interval(i);
      const held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
    return order;
  }

  /**
   * `randint(0, high, n, dtype=uint8)`, `high` at most 255 and excluded: four draws from each 32-bit word,
   * lowest byte first, by masked rejection.
   */
  randintUint8(high: number, n: number): Uint8Array {
    const max = high - 1;
    const mask = 2 ** (32 - Math.clz32(max)) - 1;
    let word = 0;
    let left = 0;
    return Uint8Array.from({ length: n }, () => {
      for (;;) {
        if (left === 0) {
          word = this.next32();
          left = 4;
        }
        const value = word & mask & 0xff;
        word >>>= 8;
        left--;
        if (value <= max) return value;
      }
    });
  }

  /** Uniform integer in [0, max]. */
  #interval(max: number): number {
    if (max === 0) return 0;
    const mask = 2 ** (32 - Math.clz32(max)) - 1;
    for (;;) {
      const value = (this.next32() & mask) >>> 0;
      if (value <= max) return value;
    }
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < N; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
      state[i] = state[(i + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }
}
