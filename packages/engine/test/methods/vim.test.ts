import { readFileSync } from 'node:fs';
import { findArithmetic, findMethod, planMethod } from '@oodgrid/methods';
import { factsOf, findArchitecture } from '@oodgrid/models';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { nativeEngine } from '../support/engine.js';
import { fitAlone, scoreAlone } from '../support/score-alone.js';

const table = z.array(z.array(z.number()));
const taps = z.object({ h: table, z: table });
const reference = z
  .object({
    train: taps,
    test: taps,
    weight: table,
    bias: z.array(z.number()),
    dims: z.array(z.number()),
    alphas: z.array(z.number()),
    scores: table,
  })
  .parse(JSON.parse(readFileSync(new URL('./reference/vim.json', import.meta.url), 'utf8')));
const vim = findArithmetic('vim');
const { weight, bias } = reference;
const fitted = () => fitAlone(vim, { ...reference.train, head: { weight, bias } });

beforeAll(async () => {
  await nativeEngine();
});

it("has NumPy's alphas and scores, of samples that wake dead units too", () => {
  const state = fitted();
  const scores = scoreAlone(
    vim,
    reference.test,
    reference.dims.map((dim) => ({ dim })),
    state,
  );
  for (const [s, expected] of reference.scores.entries()) {
    const alpha = reference.alphas[s] ?? Number.NaN;
    expect(Math.abs((state.alpha?.data[reference.dims[s] ?? 0] ?? Number.NaN) / alpha - 1)).toBeLessThan(
      1e-6,
    );
    // Float32 rounding of the residual, as alpha magnifies it.
    for (const [i, value] of expected.entries())
      expect(Math.abs((scores[s]?.[i] ?? Number.NaN) - value)).toBeLessThan(
        1e-5 * Math.max(1, alpha, Math.abs(value)),
      );
  }
});

it('refuses dims whose residual is rounding noise, and says which dims there are', () => {
  const state = fitted();
  expect(() => scoreAlone(vim, reference.test, [{ dim: 7 }], state)).toThrow(
    /"dims" has 7, but the train features of model "small" fill only 7 of 8 dimensions/,
  );
});

it('takes dims by the number of features, and refuses those of all features', () => {
  const [method, lenet] = [findMethod('vim'), findArchitecture('lenet')];
  if (method === undefined || lenet === undefined) throw new Error('both are in their catalogs');
  const plan = (options: object, features: number) =>
    planMethod(
      method,
      options,
      { ...factsOf(lenet, 'lenet', 10), features },
      { method: 'vim', model: 'lenet' },
    );
  const usual = [2048, 2047, 768, 767, 128].map((features) => plan({}, features).candidates[0]?.dim);
  expect(usual).toEqual([1000, 512, 512, 383, 64]);
  expect(() => plan({ dims: [64, 128] }, 128)).toThrow(
    /^vim with lenet: "dims" has 128, but the model has 128 features.*give dims below 128$/,
  );
});
