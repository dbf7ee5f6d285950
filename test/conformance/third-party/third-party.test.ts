import { readFileSync } from 'node:fs';
import { findArithmetic } from '@oodgrid/methods';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nativeEngine } from '../../../packages/engine/test/support/engine.js';
import { fitAlone, scoreAlone } from '../../../packages/engine/test/support/score-alone.js';

// What two other libraries give on the same features, by the scripts beside this: the same scores; where relations.json says so the same ranks
// alone, or others, with the reason that the method's page states.

const table = z.array(z.array(z.number()));
const taps = z.object({ h: table, z: table });
const featuresSchema = z.object({
  train: taps,
  test: taps,
  labels: z.array(z.number()),
  head: z.object({ weight: table, bias: z.array(z.number()) }),
});
const settingSchema = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]));
const librarySchema = z.object({
  results: z.array(
    z.object({
      method: z.string(),
      setting: settingSchema,
      by: z.string(),
      scores: z.array(z.number()),
    }),
  ),
});
const relationsSchema = z.array(
  z.object({
    library: z.string(),
    method: z.string(),
    setting: z.string().optional(),
    relation: z.enum(['ranks', 'differs']),
    because: z.string(),
  }),
);

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'));
const { train, test, labels, head } = featuresSchema.parse(read('features'));
const relations = relationsSchema.parse(read('relations'));

/** Float32 on both sides, and six digits after the point in the file. */
const TOLERANCE = 5e-5;
const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a));

/** Pairs that theirs tells apart and ours ranks otherwise. */
function swapped(theirs: readonly number[], ours: readonly number[]): number {
  let count = 0;
  for (const [i, a] of theirs.entries())
    for (const [j, b] of theirs.slice(0, i).entries())
      if (!isClose(a, b) && a > b !== (ours[i] ?? 0) > (ours[j] ?? 0)) count++;
  return count;
}

beforeAll(async () => {
  await nativeEngine();
});

describe.each(['pytorch-ood', 'openood'])('%s', (library) => {
  const { results } = librarySchema.parse(read(library));

  it.each(results.map((result) => [`${result.method} ${JSON.stringify(result.setting)}`, result] as const))(
    '%s',
    (_, { method, setting, scores }) => {
      const arithmetic = findArithmetic(method);
      const state = fitAlone(arithmetic, { ...train, labels, head });
      const parsed = settingSchema.parse(arithmetic.setting.parse(setting));
      const [ours = []] = scoreAlone(arithmetic, { ...test, head }, [parsed], state);
      expect(ours.length).toBe(scores.length);
      const isSame = scores.every((value, i) => isClose(value, ours[i] ?? Number.NaN));
      const relation = relations.find(
        (one) =>
          one.library === library &&
          one.method === method &&
          (one.setting === undefined || Object.values(setting).includes(one.setting)),
      )?.relation;
      if (relation === 'ranks') expect(isSame).toBe(false);
      if (relation === 'differs') expect(isSame).toBe(false);
      else expect(swapped(scores, ours)).toBe(0);
      if (relation === undefined) expect(isSame).toBe(true);
    },
  );

  it('gives what every relation is about', () => {
    const methods = new Set(results.map(({ method }) => method));
    const unknown = relations.filter((one) => one.library === library && !methods.has(one.method));
    expect(unknown).toEqual([]);
  });
});
