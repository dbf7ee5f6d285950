import { describe, expect, it } from 'vitest';
import { comparedText } from '../src/compare/compare-text.js';
import { comparedTables } from '../src/compare/compared-tables.js';
import { reportText } from './report-text.js';
import { sampleResults } from './sample-results.js';

/** The sample's table for two pairs: in the second one the tests are such as only the adjustment takes back. */
const twoTables = sampleResults((one) => {
  const { cells, comparisons } = sampleResults();
  const other = { ood: 'letters', p: 0.03, log10P: Math.log10(0.03) };
  one.cells = [...cells, ...cells.map((cell) => ({ ...cell, ood: 'letters' }))];
  one.comparisons = [...comparisons, ...comparisons.map((comparison) => ({ ...comparison, ...other }))];
});

describe('rows against the best one', () => {
  it('are adjusted in their own table, for the pairs that were not tested too', () => {
    const [first, second] = comparedTables(twoTables);
    expect(first?.family).toBe(3);
    const [, close, worse] = first?.rows ?? [];
    expect(close?.adjustedLog10P).toBeCloseTo(Math.log10(0.6), 12);
    expect(worse?.adjustedLog10P).toBeCloseTo(Math.log10(3e-9), 12);
    expect([close?.isLikeBest, worse?.isLikeBest]).toEqual([true, false]);
    // 0.03 alone is below 0.05; three pairs make it 0.09.
    expect(second?.rows.map(({ isLikeBest }) => isLikeBest)).toEqual([true, true, true]);
    expect(second?.rows[1]?.adjustedLog10P).toBeCloseTo(Math.log10(0.09), 12);
  });

  it('a p below the smallest double is never 0', () => {
    const tiny = sampleResults((one) => {
      const [close, worse] = sampleResults().comparisons;
      one.comparisons = [close, { ...worse, p: 0, log10P: -412.38 }];
    });
    const text = comparedText(comparedTables(tiny));
    expect(text).toContain('4.2e-413');
    expect(text).toContain('1.3e-412');
    expect(reportText('report.html', tiny)).toContain('<td>4.2e-413</td><td>1.3e-412</td>');
  });

  it('a row that shares no sample with the best one is not told from it, and says so', () => {
    const untested = sampleResults((one) => {
      one.comparisons = sampleResults().comparisons.slice(0, 1);
    });
    const worse = comparedTables(untested)[0]?.rows[2];
    expect(worse?.isLikeBest).toBe(true);
    expect(comparedText(comparedTables(untested))).toContain('no shared samples');
  });

  it('one row has nothing to be compared with', () => {
    const alone = sampleResults((one) => {
      one.cells = sampleResults().cells.slice(0, 1);
      one.comparisons = [];
    });
    expect(comparedText(comparedTables(alone))).toContain('nothing to compare it with');
  });

  it.each([200, 100, 60])('fit into %i columns', (width) => {
    const lines = comparedText(comparedTables(twoTables), width).split('\n');
    expect(lines.filter((line) => line.length > width)).toEqual([]);
    expect(lines.join(' ')).toMatch(/Not told from it \(1 of 2; 3 pairs\): Close +"one", two\./);
  });
});
