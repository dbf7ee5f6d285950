import { readFileSync } from 'node:fs';
import { fprAtOodRecallOfCounts } from '@oodgrid/stats';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csvOfScores, openoodMetrics } from './openood-scale.js';

const fixtureSchema = z.object({
  csv: z.array(z.string()),
  seeds: z.array(
    z.object({
      accuracy: z.number(),
      id: z.array(z.number()),
      sets: z.record(z.string(), z.object({ scores: z.array(z.number()), openood: z.array(z.number()) })),
    }),
  ),
});

const fixture = fixtureSchema.parse(
  JSON.parse(readFileSync(new URL('scale-fixture.json', import.meta.url), 'utf8')),
);

describe("OpenOOD's scores of SCALE on CIFAR-10, every k-th sample", () => {
  it('give what its formulas over scikit-learn give, for every seed and set, ties among them', () => {
    for (const { id, sets } of fixture.seeds) {
      for (const [name, { scores, openood }] of Object.entries(sets)) {
        const own = openoodMetrics(Float64Array.from(id), Float64Array.from(scores));
        // scikit-learn adds in another order.
        for (const [i, value] of openood.entries())
          expect(Math.abs((own[i] ?? Number.NaN) - value), `${name}, column ${i}`).toBeLessThan(1e-12);
      }
    }
  });

  it('give its file, cell by cell: means over groups, then over seeds', () => {
    const seeds = fixture.seeds.map(({ accuracy, id, sets }) => ({
      accuracy,
      id: Float64Array.from(id),
      sets: new Map(
        Object.entries(sets).map(([name, { scores }]) => [name, Float64Array.from(scores)] as const),
      ),
    }));
    expect(csvOfScores(seeds)).toBe(`${fixture.csv.join('\n')}\n`);
  });
});

it('reads the FPR off the points that roc_curve keeps, which ties can make another one', () => {
  const casesSchema = z.array(
    z.object({ id: z.array(z.number()), ood: z.array(z.number()), dropped: z.number(), kept: z.number() }),
  );
  const cases = casesSchema.parse(
    JSON.parse(readFileSync(new URL('tied-fpr.json', import.meta.url), 'utf8')),
  );
  expect(cases.filter(({ dropped, kept }) => dropped !== kept)).toHaveLength(12);
  for (const { id, ood, dropped } of cases)
    expect(openoodMetrics(Float64Array.from(id), Float64Array.from(ood))[0]).toBe(dropped);
});

it('groups that a resample left empty are no thresholds', () => {
  const [id, ood] = [Float64Array.of(3, 0, 2, 0), Float64Array.of(0, 0, 1, 4)];
  const without = [Float64Array.of(3, 2, 0), Float64Array.of(0, 1, 4)] as const;
  expect(fprAtOodRecallOfCounts(id, ood, 0.95)).toBe(fprAtOodRecallOfCounts(...without, 0.95));
});
