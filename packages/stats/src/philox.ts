/** Coordinates of one block of random words: equal coordinates give equal words, on every machine. */
export interface PhiloxKey {
  readonly seed: number;
  readonly stream: number;
  readonly counter: readonly [number, number];
}

// Halves of the multipliers 0xd2511f53 and 0xcd9e8d57.
const M0_HIGH = 0xd251;
const M0_LOW = 0x1f53;
const M1_HIGH = 0xcd9e;
const M1_LOW = 0x8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/**
 * One block of the Philox4x32-10 counter-based generator.
 * Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011.
 *
 * Writes four words over `state` from `at` on, which hold the 128-bit counter.
 */
export function philox4x32(state: Uint32Array, key0: number, key1: number, at = 0): void {
  let c0 = state[at] | 0;
  let c1 = state[at + 1] | 0;
  let c2 = state[at + 2] | 0;
  let c3 = state[at + 3] | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < 10; round++) {
    // 32 x 32 -> 64 bit products by halves: no partial sum leaves 32 bits.
    const a = c0 & 0xffff;
    const b = c0 >>> 16;
    const aLow = Math.imul(a, M0_LOW);
    const aMiddle = (Math.imul(b, M0_LOW) + (aLow >>> 16)) | 0;
    const aUpper = (Math.imul(a, M0_HIGH) + (aMiddle & 0xffff)) | 0;
    const high0 = (Math.imul(b, M0_HIGH) + (aMiddle >>> 16) + (aUpper >>> 16)) | 0;
    const low0 = (aUpper << 16) | (aLow & 0xffff);
    const c = c2 & 0xffff;
    const d = c2 >>> 16;
    const cLow = Math.imul(c, M1_LOW);
    const cMiddle = (Math.imul(d, M1_LOW) + (cLow >>> 16)) | 0;
    const cUpper = (Math.imul(c, M1_HIGH) + (cMiddle & 0xffff)) | 0;
    const high1 = (Math.imul(d, M1_HIGH) + (cMiddle >>> 16) + (cUpper >>> 16)) | 0;
    const low1 = (cUpper << 16) | (cLow & 0xffff);
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
