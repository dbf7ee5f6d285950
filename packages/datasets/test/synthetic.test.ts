import { readFileSync } from 'node:fs';
import { sha256 } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { changedImages, drawnImages, SYNTHETIC_KINDS } from '../src/index.js';

/** Made by reference/synthetic.py: the images that NumPy and SciPy make of these words. */
const CASES = z
  .array(
    z.object({
      kind: z.string(),
      size: z.tuple([z.number(), z.number(), z.number()]),
      words: z.array(z.number()),
      image: z.array(z.number()),
      before: z.array(z.number()).optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('./reference/synthetic.json', import.meta.url), 'utf8')));

const kindOf = (name: string) => {
  const kind = SYNTHETIC_KINDS.find((one) => one.name === name);
  if (kind === undefined) throw new RangeError(name);
  return kind;
};

/** Images to change. */
const before = () => ({
  images: drawnImages('uniform', 9, 6, [8, 8, 3]).images,
  shape: [6, 8, 8, 3] as const,
});

describe('synthetic images', () => {
  it.each(CASES)('$kind is what NumPy and SciPy make of the same words', (one) => {
    const { kind, size, words, image, before } = one;
    const given = () => Uint32Array.from(words);
    const made = Uint8Array.from(before ?? new Uint8Array(image.length));
    kindOf(kind).prepare(size, { ofSet: given, ofImage: given })(made, 0);
    if (kind !== 'blobs') expect([...made]).toEqual(image);
    // Weights of the blur are multiples of 2^-17: a value at .75 may fall on the other side, others by one byte.
    else {
      const off = image.map((value, i) => Math.abs(value - (made[i] ?? Number.NaN)));
      expect(Math.max(...off.filter((_, i) => Math.abs((image[i] ?? 0) - 191) > 1))).toBeLessThanOrEqual(1);
    }
  });

  it('has a reference for every kind, and streams of their own', () => {
    expect(new Set(CASES.map(({ kind }) => kind))).toEqual(new Set(SYNTHETIC_KINDS.map(({ name }) => name)));
    expect(new Set(SYNTHETIC_KINDS.map(({ stream }) => stream)).size).toBe(SYNTHETIC_KINDS.length);
  });

  /** SHA-256 of 20 images of 28x28x1 with seed 0: they are the same on every machine and in every version. */
  it.each([
    ['uniform', 'b23e3dc8aeeafa689ee7e26cfc2af0c1c165087f9ecfb3132794059af765e3a3'],
    ['gaussian', 'c33787b31d6e45598712a634ff4e1ef2e9f55f2303dd1cc2ac0241892b736e0e'],
    ['rademacher', 'be2cfb99ab8347578b909e4ef75af57d92eafd4eff73a87553e6b8ed1a8c5fa0'],
    ['blobs', 'a6dd03b8fe0f971ff45024467c27ff14efa0e22d83bc3c57debe22dc9f4292d6'],
  ])('%s has the same bits everywhere', (kind, digest) => {
    expect(sha256(drawnImages(kind, 0, 20, [28, 28, 1]).images as Uint8Array)).toBe(digest);
  });

  it('of an image depend on seed and place alone, not on how many there are', () => {
    for (const { name, changes } of SYNTHETIC_KINDS) {
      const make = (seed: number, count: number) =>
        changes ? changedImages(name, seed, count, before()) : drawnImages(name, seed, count, [8, 8, 3]);
      const few = make(1, 2).images;
      expect(make(1, 6).images.slice(0, few.length), name).toEqual(few);
      if (name !== 'inverted') expect(make(2, 2).images, name).not.toEqual(few);
    }
  });

  it('leave the set that they change as it is, and take all of it where no number is given', () => {
    const from = before();
    const { images } = before();
    expect(changedImages('inverted', 0, undefined, from).shape).toEqual([6, 8, 8, 3]);
    expect(changedImages('inverted', 0, 100, from).shape).toEqual([6, 8, 8, 3]);
    expect(from.images).toEqual(images);
  });

  it('are refused where a kind cannot make them', () => {
    const wide = { images: new Uint8Array(6 * 9), shape: [1, 6, 9, 1] } as const;
    expect(() => changedImages('rotated', 0, undefined, wide)).toThrow(/square ones, and these are 6x9/);
    expect(() => changedImages('shuffled-patches', 0, undefined, wide)).toThrow(/6x9 cannot be quartered/);
    const floats = { images: new Float32Array(4), shape: [1, 2, 2, 1] } as const;
    expect(() => changedImages('inverted', 0, undefined, floats)).toThrow(/changes bytes.*floats/);
    expect(() => drawnImages('uniform', 0, 10_000_000, [224, 224, 3])).toThrow(/lower count/);
  });
});
