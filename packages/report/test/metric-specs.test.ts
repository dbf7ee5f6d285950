import { METRIC_SPECS } from '@oodgrid/protocol';
import { METRIC_NAMES } from '@oodgrid/stats';
import { expect, it } from 'vitest';
import { REPORT_FORMATS, resultsTable } from '../src/index.js';
import { reportText } from './report-text.js';
import { sampleResults } from './sample-results.js';

it('there is a specification of every metric that is computed, in its order', () => {
  expect(METRIC_SPECS.map(({ key }) => key)).toEqual([...METRIC_NAMES]);
});

it.each(METRIC_SPECS)('$title is a column of every table', ({ key, title, isLowerBetter }) => {
  const results = sampleResults();
  const snake = key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  expect(reportText('results.csv', results)).toContain(`,${snake},${snake}_low,${snake}_high,`);
  expect(reportText('table.md', results)).toContain(`| ${title} ${isLowerBetter ? '↓' : '↑'} |`);
  expect(reportText('table.tex', results)).toContain(`${title} $\\${isLowerBetter ? 'down' : 'up'}arrow$`);
  expect(reportText('report.html', results)).toContain(`<th scope="col">${title} `);
  expect(resultsTable(results)).toContain(` ${title}`);
});

it('formats and their files have names of their own', () => {
  const names = REPORT_FORMATS.map(({ name }) => name);
  const files = REPORT_FORMATS.flatMap((format) => format.files.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  expect(new Set([...files, 'results.json', 'scores']).size).toBe(files.length + 2);
});
