import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scoresFile } from '../src/merger/scores-file.js';

const fileOf = ([id = '', ood = '', model = '', row = '']: readonly string[]) =>
  scoresFile({ id, ood, model, row });

it('plain names are the file name', () => {
  expect(fileOf(['fashion-mnist', 'mnist-10k', 'lenet-fmnist', 'fssd.v2_x'])).toBe(
    'scores/fashion-mnist__mnist-10k__lenet-fmnist__fssd.v2_x.npz',
  );
});

it('other names are readable in it, with a mark of the names themselves', () => {
  const mark = '__[0-9a-f]{20}\\.npz$';
  expect(fileOf(['衣服', 'Zahlen, groß', '😀', '../../etc'])).toMatch(
    new RegExp(`^scores/衣服__Zahlen_groß__x__etc${mark}`),
  );
  expect(fileOf(['a'.repeat(300), 'b', 'c', 'd'])).toMatch(
    new RegExp(`^scores/${'a'.repeat(40)}__b__c__d${mark}`),
  );
});

it.each([
  [
    ['a b', 'o', 'm', 'r'],
    ['a_b', 'o', 'm', 'r'],
  ],
  [
    ['a__b', 'c', 'm', 'r'],
    ['a', 'b__c', 'm', 'r'],
  ],
  [
    ['a', 'b', 'c__d', 'r'],
    ['a__b', 'c', 'd', 'r'],
  ],
  [
    ['a_', 'b', 'c', 'r'],
    ['a', '_b', 'c', 'r'],
  ],
  [
    ['CIFAR', 'o', 'm', 'r'],
    ['cifar', 'o', 'm', 'r'],
  ],
  [
    ['\u00e9', 'o', 'm', 'r'],
    ['e\u0301', 'o', 'm', 'r'],
  ],
  [
    ['犬', 'o', 'm', 'r'],
    ['猫', 'o', 'm', 'r'],
  ],
  [
    ['😀', 'o', 'm', 'r'],
    ['😺', 'o', 'm', 'r'],
  ],
])('%j and %j have two files', (a, b) => {
  expect(foldedFile(a)).not.toBe(foldedFile(b));
});

/** As a file system sees it that tells neither case nor forms of Unicode apart. */
const foldedFile = (names: readonly string[]) => fileOf(names).normalize('NFKC').toLowerCase().toUpperCase();

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc
    .array(fc.constantFrom('a', 'A', 'b', '_', '__', ':', ' ', '.', '..', '/', '-', 'é', '猫'), {
      maxLength: 5,
    })
    .map((parts) => parts.join('')),
);
const names = fc.tuple(name, name, name, name);

it('whatever the names, the file is one of its own, and one that every file system takes', () => {
  fc.assert(
    fc.property(names, names, (a, b) => {
      const file = fileOf(a);
      const base = file.slice('scores/'.length);
      expect(base).toMatch(/^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}._-]*\.npz$/u);
      expect(Buffer.byteLength(base)).toBeLessThan(255);
      expect(foldedFile(a) === foldedFile(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
    { numRuns: 2000 },
  );
});
