import { type CellMetric, type MetricSpec, type Results, resultsSchema } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { REPORT_FORMATS, resultsTable } from '../src/index.js';
import { reportText } from './report-text.js';
import { sampleResults } from './sample-results.js';

const sample = sampleResults();

it.each(sample.metrics)('$title is a column of every table', ({ key, title, isLowerBetter }) => {
  const snake = key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  expect(reportText('results.csv', sample)).toContain(`,${snake},${snake}_low,${snake}_high,`);
  expect(reportText('table.md', sample)).toContain(`| ${title} ${isLowerBetter ? '↓' : '↑'} |`);
  expect(reportText('table.tex', sample)).toContain(`${title} $\\${isLowerBetter ? 'down' : 'up'}arrow$`);
  expect(reportText('report.html', sample)).toContain(`<th scope="col">${title} `);
  expect(resultsTable(sample)).toContain(` ${title}`);
});

/** The sample, measured by other metrics beside the AUROC: every cell has the same numbers. */
function measuredBy(specs: readonly MetricSpec[], measured: Readonly<Record<string, CellMetric>>): Results {
  const [auroc] = sample.metrics;
  return resultsSchema.parse({
    ...sample,
    metrics: [auroc, ...specs],
    cells: sample.cells.map((cell) => ({ ...cell, metrics: { auroc: cell.metrics.auroc, ...measured } })),
  });
}

describe('results of another protocol', () => {
  const interval = { low: 0.25, high: 0.75 };
  const results = measuredBy(
    [
      { key: 'risk', title: 'Risk_1 & <b>', isLowerBetter: true, positive: 'ood' },
      { key: 'reach', title: 'Reach', isLowerBetter: false, positive: 'id' },
    ],
    {
      risk: { estimate: 0.5, interval, how: 'bootstrap' },
      reach: { estimate: 0.625, interval, how: 'bootstrap-border' },
    },
  );

  it('have their own columns, titles and arrows in every table, and no others', () => {
    const table = resultsTable(results);
    expect(table).toMatch(/method +AUROC \(95 %\) +Risk_1 & <b> +Reach +chosen/);
    expect(table).toMatch(/Best_1 .* 50\.00\* +62\.50\* /);
    expect(reportText('table.md', results)).toContain(
      '| Method | AUROC ↑ | Risk\\_1 & \\<b\\> ↓ | Reach ↑ | Chosen |\n| :-- | --: | --: | --: | :-- |\n',
    );
    expect(reportText('table.tex', results)).toContain(
      '\\begin{tabular}{lrrr}\n\\toprule\nMethod & AUROC $\\uparrow$ & Risk\\_1 \\& \\textless{}b\\textgreater{} $\\downarrow$ & Reach $\\uparrow$ \\\\',
    );
    const page = reportText('report.html', results);
    expect(page).toContain(
      '<th scope="col">Risk_1 &amp; &lt;b&gt; <span aria-label="lower is better">↓</span>',
    );
    expect(page).not.toContain('AUPR-IN');
    const [head, first] = reportText('results.csv', results).split('\r\n');
    expect(head).toContain(',auroc_high,risk,risk_low,risk_high,reach,reach_low,reach_high,chosen,');
    expect(first).toContain(',0.5,0.25,0.75,0.625,0.25,0.75,');
  });

  it('say which class is positive and what each interval is', () => {
    expect(reportText('table.md', results)).toContain(
      "In percent. ID is the positive class (Risk\\_1 & \\<b\\>: OOD). AUROC has a 95 % interval (DeLong's, with Newcombe's at the border), Risk\\_1 & \\<b\\> a stratified bootstrap's, Reach a stratified bootstrap's with score intervals at the border. Settings are chosen by the TNR at 95 % TPR on validation samples of each pair, ID and OOD: of the OOD set that is tested, other samples. **Bold**",
    );
    expect(reportText('table.md', measuredBy([], {}))).toContain(
      "In percent. ID is the positive class. AUROC has a 95 % interval (DeLong's, with Newcombe's at the border). Settings are chosen by the TNR at 95 % TPR on validation samples of each pair, ID and OOD: of the OOD set that is tested, other samples. **Bold**",
    );
  });

  it('have columns in csv that no other column has', () => {
    const metric: CellMetric = { estimate: 0.5, interval, how: 'bootstrap' };
    const spec = (key: string): MetricSpec => ({ key, title: key, isLowerBetter: false, positive: 'id' });
    const keys = ['id', 'aurocLow', 'warnings'];
    const odd = measuredBy(keys.map(spec), Object.fromEntries(keys.map((key) => [key, metric])));
    const [head = ''] = reportText('results.csv', odd).split('\r\n');
    expect(new Set(head.split(',')).size).toBe(head.split(',').length);
    expect(head).toContain(',auroc_high,metric_id,metric_id_low,metric_id_high,metric_auroc_low,');
  });
});

it('formats and their files have names of their own', () => {
  const names = REPORT_FORMATS.map(({ name }) => name);
  const files = REPORT_FORMATS.flatMap((format) => format.files.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  expect(new Set([...files, 'results.json', 'scores']).size).toBe(files.length + 2);
});
