/** Coordinates of one block of random words: equal coordinates give equal words, on every machine. */
export interface PhiloxKey {
  readonly seed: number;
  readonly stream: number;
  readonly counter: readonly [number, number];
}

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of a 32 x 32 bit product, as a signed word. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // No partial sum leaves 32 bits.
  const middle1 = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const middle2 = (Math.imul(aLow, bHigh) + (middle1 & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle1 >>> 16) + (middle2 >>> 16)) | 0;
}

/**
 * One block of the Philox4x32-10 counter-based generator.
 * Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011.
 *
 * Writes four words over `state` from `at` on, which hold the 128-bit counter.
 */
export function philox4x32(state: Uint32Array, key0: number, key1: number, at = 0): void {
  let c0 = (state[at] ?? 0) | 0;
  let c1 = (state[at + 1] ?? 0) | 0;
  let c2 = (state[at + 2] ?? 0) | 0;
  let c3 = (state[at + 3] ?? 0) | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < 10; round++) {
    const low0 = Math.imul(M0, c0);
    const high0 = mulHigh(M0, c0);
    const low1 = Math.imul(M1, c2);
    const high1 = mulHigh(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  state[at] = c0;
  state[at + 1] = c1;
  state[at + 2] = c2;
  state[at + 3] = c3;
}

/** `count` uniform 32-bit words: word i is word i % 4 of the block with counter (i / 4, stream, ...counter). */
export function philoxWords(key: PhiloxKey, count: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(count / 4) * 4);
  fillPhilox(words, key, 0);
  return words.subarray(0, count);
}

/** Fills `words`, a multiple of four of them, with the words from word `4 * firstBlock` on. */
export function fillPhilox(
  words: Uint32Array,
  { seed, stream, counter }: PhiloxKey,
  firstBlock: number,
): void {
  const low = seed >>> 0;
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  for (let at = 0; at < words.length; at += 4) {
    words[at] = firstBlock + at / 4;
    words[at + 1] = stream;
    words[at + 2] = counter[0];
    words[at + 3] = counter[1];
    philox4x32(words, low, high, at);
  }
}
