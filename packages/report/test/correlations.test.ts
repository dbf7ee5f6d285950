import { expect, it } from 'vitest';
import { correlationsHtml } from '../src/html/correlations-html.js';
import { sampleCell } from './sample-results.js';

const row = (name: string, id: readonly number[], ood: readonly number[], indices = [0, 1, 2]) => ({
  cell: sampleCell(name, `<${name}>`, 0.9, 0.1),
  scores: {
    id: Float64Array.from(id),
    ood: Float64Array.from(ood),
    indices: { id: Int32Array.from(indices), ood: Int32Array.of(0, 1) },
  },
  roc: [],
});

it('rows of the same samples have their rank correlations, in hundredths and shaded; rows of others are counted', () => {
  const rows = [
    row('a', [5, 4, 3], [2, 1]),
    row('b', [50, 40, 30], [20, 10]),
    row('c', [1, 2, 3], [4, 5]),
    row('d', [1, 1, 1], [1, 1]),
    row('e', [5, 4, 3], [2, 1], [0, 2, 1]),
  ];
  const html = correlationsHtml(rows);
  expect(html).toContain('<th scope="row">2 &lt;b&gt;</th><td class="c10">100</td><td class="c10">100</td>');
  expect(html).toContain('<td class="c0">-100</td>');
  expect(html).toContain('<td title="the same score for all samples">–</td>');
  expect(html).toContain('1 row is tested on other samples');
  expect(html).not.toContain('&lt;e&gt;');
});

it('one row has nothing to be compared with, and rows whose samples are unknown are left out', () => {
  expect(correlationsHtml([])).toBe('');
  expect(correlationsHtml([row('a', [5, 4, 3], [2, 1])])).toBe('');
  const { cell, roc, scores } = row('a', [5, 4, 3], [2, 1]);
  const unknown = { cell, roc, scores: { id: scores.id, ood: scores.ood } };
  expect(correlationsHtml([unknown, unknown])).toBe('');
});
