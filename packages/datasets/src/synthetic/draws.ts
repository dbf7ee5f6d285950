import { philoxWords } from '@oodgrid/stats';

/** Random words of one synthetic set: those of an image depend on seed, kind and index alone, on every machine. */
export class Draws {
  readonly #seed: number;
  readonly #stream: number;

  constructor(seed: number, stream: number) {
    this.#seed = seed;
    this.#stream = stream;
  }

  /** Uniform 32-bit words that the whole set shares. */
  ofSet(count: number): Uint32Array {
    return this.#words([0, 0], count);
  }

  /** Uniform 32-bit words of one image. */
  ofImage(index: number, count: number): Uint32Array {
    return this.#words([index, 1], count);
  }

  #words(counter: readonly [number, number], count: number): Uint32Array {
    return philoxWords({ seed: this.#seed, stream: this.#stream, counter }, count);
  }
}

/** The permutation of 0 to n - 1 that sorts n random words; of equal words the first comes first. */
export function permutation(words: Uint32Array): Uint32Array {
  const at = (i: number) => words[i] ?? Number.NaN;
  return Uint32Array.from([...words.keys()].sort((a, b) => at(a) - at(b) || a - b));
}
