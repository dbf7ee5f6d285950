import type { Results } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { meanRanks } from '../src/compare/mean-ranks.js';
import { criticalDifferenceHtml } from '../src/html/critical-difference.js';
import { sampleCell, sampleResults } from './sample-results.js';

/** AUROCs of methods a, b, c, ... on one table after the other. */
const run = (tables: readonly (readonly number[])[]): Results => ({
  ...sampleResults(),
  comparisons: [],
  cells: tables.flatMap((aurocs, table) =>
    aurocs.map((auroc, method) => {
      const name = String.fromCharCode(97 + method);
      return { ...sampleCell(name, `<${name}>`, auroc, 0.5), ood: `set-${table}` };
    }),
  ),
});

describe('mean ranks over tables', () => {
  it('are 1 for the best of each table, shared where AUROCs are equal, and methods are joined up to the critical difference', () => {
    const found = meanRanks(
      run([
        [0.9, 0.8, 0.7],
        [0.9, 0.8, 0.7],
        [0.8, 0.8, 0.7],
        [0.9, 0.8, 0.7],
      ]),
    );
    expect(found?.tables).toBe(4);
    expect(found?.methods).toEqual([
      { title: '<a>', meanRank: 1.125 },
      { title: '<b>', meanRank: 1.875 },
      { title: '<c>', meanRank: 3 },
    ]);
    // Demsar's table: q of three methods is 2.343; 2.343 sqrt(3 * 4 / (6 * 4)).
    expect(Math.abs((found?.difference ?? Number.NaN) - 2.343 * Math.sqrt(0.5))).toBeLessThan(5e-4);
    // 3 - 1.125 is more than 1.657, the others are less.
    expect(found?.cliques).toEqual([
      { from: 0, to: 1 },
      { from: 1, to: 2 },
    ]);
  });

  it('joins none of methods that are all told apart, and counts no table that lacks a method', () => {
    const table = [0.9, 0.8, 0.7];
    const results = run(Array.from({ length: 20 }, () => table));
    expect(meanRanks(results)?.cliques).toEqual([]);
    expect(meanRanks({ ...results, cells: results.cells.slice(1) })?.tables).toBe(19);
  });

  it('need two tables and three methods', () => {
    expect(meanRanks(run([[0.9, 0.8, 0.7]]))).toBeUndefined();
    const two = [
      [0.9, 0.8],
      [0.9, 0.8],
    ];
    expect(meanRanks(run(two))).toBeUndefined();
    expect([...criticalDifferenceHtml(run(two))]).toEqual([]);
  });

  it('are drawn with every name escaped and every bar, and written as a table', () => {
    const html = [
      ...criticalDifferenceHtml(
        run([
          [0.9, 0.8, 0.7],
          [0.8, 0.9, 0.7],
        ]),
      ),
    ].join('');
    expect(html).toContain('Mean ranks over 2 tables');
    expect(html).not.toContain('<a>');
    expect(html.match(/class="leader"/g)).toHaveLength(3);
    // The scale's own bar and one clique of all three.
    expect(html.match(/class="clique"/g)).toHaveLength(2);
    expect(html).toContain('<th scope="row">&lt;a&gt;</th><td>1.50</td>');
    expect(html).toContain('more than there are ranks');
  });
});
