import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, didYouMean, digestOfJson, sha256, taskSpecSchema } from '../src/index.js';

describe('canonical JSON', () => {
  it('sorts keys, keeps arrays and writes numbers as RFC 8785 says', () => {
    expect(canonicalJson({ b: [3, 1], a: { d: null, c: true } })).toBe('{"a":{"c":true,"d":null},"b":[3,1]}');
    // Numbers of the RFC's example.
    expect(canonicalJson([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    );
    expect(canonicalJson({ '€': 1, '\r': 2, '1': 3 })).toBe('{"\\r":2,"1":3,"€":1}');
  });

  it('leaves undefined out and refuses what JSON cannot say', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    for (const value of [Number.NaN, Infinity, () => 1])
      expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('does not depend on the order of keys, and parses back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(digestOfJson(value)).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });

  it('digests are SHA-256', () => {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('suggestions', () => {
  it('are close words only', () => {
    expect(didYouMean('mahalonobis', ['odin', 'mahalanobis'])).toBe('mahalanobis');
    expect(didYouMean('ODIN', ['odin'])).toBe('odin');
    expect(didYouMean('zebra', ['odin', 'fssd'])).toBeUndefined();
  });
});

describe('tasks from the wire', () => {
  it('never crash the parser', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => taskSpecSchema.safeParse(value).success === false));
  });
});
