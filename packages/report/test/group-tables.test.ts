import type { GroupMean, Results } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { comparedText } from '../src/compare/compare-text.js';
import { comparedTables } from '../src/compare/compared-tables.js';
import { reportText } from './report-text.js';
import { sampleCell, sampleResults } from './sample-results.js';

const mean = (method: string, value: number, toBest: GroupMean['toBest']): GroupMean => ({
  ...{ id: 'clothes', model: 'net', group: 'near', method },
  auroc: { value, low: value - 0.02, high: value + 0.02 },
  toBest,
});
const test = (difference: number, p: number, log10P: number | null) => ({
  ...{ difference, p, log10P },
  ...{ samplesId: 100, samplesOod: 90 },
});

/** Three rows on two sets of a group: the second is not told from the first, the third is by a p that no double holds. */
const grouped = (models: readonly string[] = ['net']): Results => {
  const results = sampleResults();
  return {
    ...results,
    comparisons: [],
    accuracies: [],
    cells: models.flatMap((model) =>
      ['digits', 'letters'].flatMap((ood) =>
        [0.9, 0.89, 0.5].map((auroc, i) => ({ ...sampleCell(`m${i}`, `M${i}`, auroc, 0.5), ood, model })),
      ),
    ),
    groups: ['digits', 'letters'].map((ood) => ({ id: 'clothes', ood, group: 'near' })),
    trainingSeeds: models.length === 1 ? [] : [{ name: 'nets', models: [...models] }],
    groupMeans: [
      mean('m0', 0.9, null),
      mean('m1', 0.89, test(-0.01, 0.3, Math.log10(0.3))),
      mean('m2', 0.5, test(-0.4, 0, -412.4)),
    ],
  };
};

describe('means over a group', () => {
  it('are a table of compare, adjusted over all pairs of its rows', () => {
    const table = comparedTables(grouped()).find(({ group }) => group.ood === 'mean of near');
    expect(table?.family).toBe(3);
    expect(table?.rows.map(({ cell, isLikeBest }) => [cell.method, isLikeBest])).toEqual([
      ['m0', true],
      ['m1', true],
      ['m2', false],
    ]);
    expect(table?.rows[2]?.adjustedLog10P).toBeCloseTo(-412.4 + Math.log10(3), 9);
    const text = comparedText(table === undefined ? [] : [table]);
    expect(text).toContain('clothes vs mean of near, net');
    expect(text).toMatch(/M2 +50\.00 \(48\.00-52\.00\) +-40\.00 +4\.0e-413 +1\.2e-412 +100 \+ 90/);
  });

  it('have their interval and mark in every table, and their test in means.csv, where a p is never 0', () => {
    for (const file of ['table.md', 'report.html'])
      expect(reportText(file, grouped()), file).toContain('~89.00 (87.00-91.00)');
    expect(reportText('table.tex', grouped())).toContain('\\textasciitilde{}89.00 (87.00-91.00)');
    const lines = reportText('means.csv', grouped()).split('\r\n');
    const [head = '', ...rows] = lines;
    expect(head.endsWith(',auroc_low,auroc_high,p_to_best,log10_p_to_best')).toBe(true);
    const ends = rows.filter((row) => row.includes(',near,1,')).map((row) => row.split(',').slice(-4));
    expect(ends).toEqual([
      ['0.88', '0.92', '', ''],
      ['0.87', '0.91', '0.3', String(Math.log10(0.3))],
      ['0.48', '0.52', '4.0e-413', '-412.4'],
    ]);
  });

  it('have the spread over training seeds instead where there are several', () => {
    const page = reportText('report.html', grouped(['net', 'net-2']));
    expect(page).not.toContain('(87.00-91.00)');
    expect(page).toContain('89.00 ± 0.00');
  });
});
