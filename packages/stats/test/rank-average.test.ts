import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { rankAverage, rankScores, spearmanMatrix } from '../src/index.js';

const rows = z.array(z.array(z.number()));
const { cases } = z
  .object({
    cases: z.array(z.object({ id: rows, ood: rows, mean: z.array(z.number()), correlations: rows })),
  })
  .parse(JSON.parse(readFileSync(new URL('fixtures/rank-average.json', import.meta.url), 'utf8')));

const ranked = (id: readonly number[], ood: readonly number[]) =>
  rankScores(Float64Array.from(id), Float64Array.from(ood));

it("is the mean of scipy's ranks, ties too, whatever the scales", () => {
  for (const { id, ood, mean } of cases) {
    const members = id.map((own, i) => ranked(own, ood[i] ?? []));
    const found = rankAverage(members);
    for (const [i, value] of [...found.id, ...found.ood].entries())
      expect(value).toBeCloseTo(mean[i] ?? Number.NaN, 12);
    const scaled = id.map((own, i) =>
      ranked(
        own.map((value) => Math.exp(3 * value)),
        (ood[i] ?? []).map((value) => Math.exp(3 * value)),
      ),
    );
    expect(rankAverage(scaled)).toEqual(found);
  }
});

it('is refused for scores of different samples and for none', () => {
  expect(() => rankAverage([ranked([1, 2], [3]), ranked([1], [3])])).toThrow('the same samples');
  expect(() => rankAverage([])).toThrow('needs a score');
});

it("correlations of ranks are scipy's, ties too; a score that is the same for all has none", () => {
  for (const { id, ood, correlations } of cases) {
    const found = spearmanMatrix(id.map((own, i) => ranked(own, ood[i] ?? [])));
    for (const [i, row] of correlations.entries())
      for (const [j, value] of row.entries()) expect(found[i]?.[j]).toBeCloseTo(value, 12);
  }
  const [, [toConstant, constant] = []] = spearmanMatrix([ranked([1, 2], [3]), ranked([1, 1], [1])]);
  expect([toConstant, constant]).toEqual([Number.NaN, Number.NaN]);
  expect(() => spearmanMatrix([ranked([1, 2], [3]), ranked([1], [3])])).toThrow('the same samples');
});
