import { readFileSync } from 'node:fs';
import { z } from 'zod';

const numbers = z.array(z.number());
const bySeed = z.record(z.string(), numbers);

const schema = z.object({
  numpy: z.object({ permutation: bySeed, random_sample: bySeed, randint_uint8: bySeed }),
  folds: z.array(z.object({ labels: numbers, folds: numbers })),
  fits: z.array(
    z.object({ x: numbers, y: numbers, d: z.number(), c: z.number(), coef: numbers, intercept: z.number() }),
  ),
});

/** What numpy and scikit-learn give: made by fixtures/make-fixtures.py. */
export const REFERENCE = schema.parse(
  JSON.parse(readFileSync(new URL('./fixtures/reference.json', import.meta.url), 'utf8')),
);
