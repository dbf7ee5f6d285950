import { describe, expect, it } from 'vitest';
import { NumpyRandomState, philox4x32, philoxWords } from '../src/index.js';
import { REFERENCE } from './reference.js';

describe("numpy's legacy generator", () => {
  it.each(Object.entries(REFERENCE.numpy.permutation))(
    'permutes with seed %s as numpy does',
    (seed, expected) => {
      expect([...new NumpyRandomState(Number(seed)).permutation(expected.length)]).toEqual(expected);
    },
  );

  it.each(Object.entries(REFERENCE.numpy.random_sample))(
    'draws doubles with seed %s as numpy does',
    (seed, expected) => {
      expect([...new NumpyRandomState(Number(seed)).randomSample(expected.length)]).toEqual(expected);
    },
  );

  it.each(Object.entries(REFERENCE.numpy.randint_uint8))(
    'draws bytes with seed %s as numpy does',
    (seed, expected) => {
      expect([...new NumpyRandomState(Number(seed)).randintUint8(255, expected.length)]).toEqual(expected);
    },
  );

  it.each([-1, 2 ** 32, 0.5, Number.NaN])('refuses seed %s', (seed) => {
    expect(() => new NumpyRandomState(seed)).toThrow(RangeError);
  });
});

describe('Philox4x32-10', () => {
  // Known answers of the Random123 distribution (kat_vectors).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the known answer for counter %s', (counter, key, expected) => {
    const state = Uint32Array.from(counter);
    philox4x32(state, key[0] ?? 0, key[1] ?? 0);
    expect([...state]).toEqual(expected);
  });

  it('depends on nothing but seed, stream and counter', () => {
    const key = { seed: 5, stream: 2, counter: [9, 1] } as const;
    const long = philoxWords(key, 100);
    expect([...philoxWords(key, 10)]).toEqual([...long.slice(0, 10)]);
    for (const other of [
      { ...key, seed: 6 },
      { ...key, stream: 3 },
      { ...key, counter: [10, 1] as const },
      { ...key, counter: [9, 2] as const },
    ]) {
      expect([...philoxWords(other, 10)]).not.toEqual([...long.slice(0, 10)]);
    }
  });

  it('is uniform', () => {
    const counts = new Float64Array(16);
    for (const word of philoxWords({ seed: 1, stream: 0, counter: [0, 0] }, 160_000))
      counts[word >>> 28] = (counts[word >>> 28] ?? 0) + 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 15 degrees of freedom: beyond 50 in fewer than one run of 100,000, and this one is fixed.
    expect(chiSquare).toBeLessThan(50);
  });
});
