import { describe, expect, it } from 'vitest';
import { REPORT_FORMATS, resultsTable } from '../src/index.js';
import { countingReads, largeResults } from './large-results.js';
import { reportPieces, reportText } from './report-text.js';

const FILES = REPORT_FORMATS.flatMap(({ files }) => files.map(({ name }) => name));
const scores = { id: Float64Array.from({ length: 500 }, (_, i) => i), ood: Float64Array.of(1, 2, 300) };

describe('a run of 1,000 pairs with 100 rows each', () => {
  const results = largeResults({ groups: 1000, rows: 100 });

  it.each(FILES)('is written to %s in small pieces, whole but for the page', (name) => {
    let longest = 0;
    let rows = 0;
    for (const piece of reportPieces(name, results)) {
      longest = Math.max(longest, piece.length);
      if (/\bRow |^row\d+,/.test(piece)) rows++;
    }
    expect(longest).toBeLessThan(64 * 1024);
    if (name.endsWith('.csv') || name.startsWith('table'))
      expect(rows).toBe(name === 'comparisons.csv' || name === 'means.csv' ? 0 : 100_000);
  });

  it('is a page of a few MB that says what it leaves out', () => {
    let asked = 0;
    const page = reportText('report.html', results, () => {
      asked++;
      return scores;
    });
    expect(page.length).toBeLessThan(6 * 1024 ** 2);
    expect(page).toContain('This page shows 2,000 of 100,000 rows, in 20 of 1,000 tables.');
    expect(page).toContain('68 of 100 rows have no curves and histograms here');
    expect(page).toContain('100 of 100 rows have no curves and histograms here');
    expect(page.match(/<article/g)).toHaveLength(240);
    expect(asked).toBe(240);
    expect(page).toContain('<th scope="row">clothes vs set999, net</th><td>100</td><td>89.60');
  });

  it('is a screenful or a few on the terminal, which says how much more there is', () => {
    const text = resultsTable(results);
    expect(text.match(/^clothes vs set/gm)).toHaveLength(4);
    expect(text).toContain('... and 50 rows with a lower AUROC in results.json');
    expect(text).toContain('... and 996 more pairs and models with 99,600 rows in results.json');
    expect(text).toMatch(/^Row 99 .*\*/m);
    expect(text).not.toMatch(/^Row 49 /m);
    expect(text.split('\n').length).toBeLessThan(260);
  });
});

it('the pages of few rows have all of them, and no overview', () => {
  const page = reportText('report.html', largeResults({ groups: 3, rows: 4 }), () => scores);
  expect(page).not.toMatch(/left-out" role|Best of each pair|have no curves/);
  expect(page.match(/<article/g)).toHaveLength(12);
});

it('a run of 1,000 rows has overviews of at most 1,000 lines', () => {
  const page = reportText('report.html', largeResults({ groups: 3000, rows: 1 }));
  expect(page).toContain('... and 2,000 more pairs and models');
  expect(page).toContain('This page shows 200 of 3,000 rows, in 200 of 3,000 tables.');
});

describe('one table of 150,000 rows', () => {
  const results = largeResults({ groups: 1, rows: 150_000 });

  it.each(FILES.filter((name) => name !== 'means.csv'))('is written to %s', (name) => {
    let length = 0;
    for (const piece of reportPieces(name, results)) length += piece.length;
    expect(length).toBeGreaterThan(1000);
  });

  it('shows its best rows on the page and on the terminal', () => {
    expect(resultsTable(results)).toContain('... and 149,950 rows with a lower AUROC in results.json');
    const page = reportText('report.html', results);
    expect(page).toContain('The 200 rows with the highest AUROC; 149,800 more');
    expect(page).toContain('<th scope="row">Row 149999</th>');
    expect(page).not.toContain('<th scope="row">Row 0</th>');
  });
});

it.each([...FILES, 'the terminal'])(
  '%s looks at each paired test a few times, whatever the groups',
  (name) => {
    const { results, reads } = countingReads(largeResults({ groups: 300, rows: 20, isEveryPair: true }));
    if (name === 'the terminal') resultsTable(results);
    else for (const _ of reportPieces(name, results));
    expect(results.comparisons).toHaveLength(300 * 190);
    expect(reads()).toBeLessThanOrEqual(4 * results.comparisons.length);
  },
);

it('warnings and accuracies of a large run are looked at a few times each', () => {
  let reads = 0;
  const plain = largeResults({ groups: 300, rows: 20 });
  const warnings = Array.from({ length: 3000 }, (_, i) => ({
    code: 'duplicates-in-set' as const,
    severity: 'notice' as const,
    message: `copies in ${i}`,
    get place() {
      reads++;
      return { ood: `set${i}` };
    },
  }));
  const interval = { value: 0.9, low: 0.8, high: 0.95 };
  const accuracies = warnings.map((_, i) => ({
    ...{ model: `net${i}`, id: 'clothes', accuracy: interval, correct: 9, samples: 10 },
    cardAccuracy: null,
  }));
  const results = { ...plain, warnings, accuracies };
  for (const name of FILES) for (const _ of reportPieces(name, results));
  const text = resultsTable(results);
  expect(reads).toBeLessThanOrEqual(20 * warnings.length);
  expect(text.split('\n').length).toBeLessThan(300);
  expect(reportText('report.html', results)).toContain('... and 2,500 more in <code>results.json</code>');
});
