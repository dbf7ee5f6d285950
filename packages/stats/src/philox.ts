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

/** High 32 bits of a 32 x 32 bit product. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle1 = aHigh * bLow + (low >>> 16);
  const middle2 = aLow * bHigh + (middle1 & 0xffff);
  return (aHigh * bHigh + Math.floor(middle1 / 65536) + Math.floor(middle2 / 65536)) >>> 0;
}

/**
 * One block of the Philox4x32-10 counter-based generator.
 * Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011.
 *
 * Writes four words over `state`, which holds the 128-bit counter.
 */
export function philox4x32(state: Uint32Array, key0: number, key1: number): void {
  let [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = state;
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(M0, c0);
    const low0 = Math.imul(M0, c0) >>> 0;
    const high1 = mulHigh(M1, c2);
    const low1 = Math.imul(M1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  state[0] = c0;
  state[1] = c1;
  state[2] = c2;
  state[3] = c3;
}

/** `count` uniform 32-bit words: word i is word i % 4 of the block with counter (i / 4, stream, ...counter). */
export function philoxWords({ seed, stream, counter }: PhiloxKey, count: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(count / 4) * 4);
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  for (let block = 0; block < words.length / 4; block++) {
    const state = words.subarray(block * 4, block * 4 + 4);
    state[0] = block;
    state[1] = stream;
    state[2] = counter[0];
    state[3] = counter[1];
    philox4x32(state, seed >>> 0, high);
  }
  return words.subarray(0, count);
}
