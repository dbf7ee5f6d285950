import { readFileSync } from 'node:fs';
import { findArithmetic } from '@oodgrid/methods';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { nativeEngine } from '../support/engine.js';
import { fitAlone, scoreAlone } from '../support/score-alone.js';

const table = z.array(z.array(z.number()));
const reference = z
  .object({ train: table, test: table, ks: z.array(z.number()), scores: table })
  .parse(JSON.parse(readFileSync(new URL('./reference/knn.json', import.meta.url), 'utf8')));
const knn = findArithmetic('knn');
const of = (h: z.infer<typeof table>) => ({ h, z: h });

beforeAll(async () => {
  await nativeEngine();
});

it("has scikit-learn's distances to the k-th neighbour, of samples without any feature too", () => {
  const settings = reference.ks.map((k) => ({ k }));
  const scores = scoreAlone(knn, of(reference.test), settings, fitAlone(knn, of(reference.train)));
  // A squared distance near 0 has an absolute error of 1e-7 in float32.
  for (const [s, expected] of reference.scores.entries())
    for (const [i, value] of expected.entries())
      expect(Math.abs((scores[s]?.[i] ?? Number.NaN) ** 2 - value ** 2)).toBeLessThan(1e-6);
});

it('finds the same neighbours in a bank of several blocks', () => {
  const far = Array.from({ length: 9000 }, () => [-1, -1, -1, -1, -1, -1]);
  const train = [...reference.train.slice(0, 30), ...far, ...reference.train.slice(30)];
  const [scores] = scoreAlone(knn, of(reference.test), [{ k: 7 }], fitAlone(knn, of(train)));
  const expected = reference.scores[0] ?? [];
  // The sample without features has the bank's zero row, then everything else at 1.
  for (const [i, value] of expected.entries())
    expect(Math.abs((scores?.[i] ?? Number.NaN) ** 2 - value ** 2)).toBeLessThan(1e-6);
});

it('refuses more neighbours than the bank has', () => {
  const state = fitAlone(knn, of(reference.train));
  expect(() => scoreAlone(knn, of(reference.test), [{ k: 61 }], state)).toThrow(
    /k of 61 is more than the 60/,
  );
});
