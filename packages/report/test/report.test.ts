import { describe, expect, it } from 'vitest';
import { resultsTable } from '../src/index.js';
import { reportText } from './report-text.js';
import { sampleResults } from './sample-results.js';

const results = sampleResults();
function cellAt(index: number) {
  const cell = results.cells[index];
  if (cell === undefined) throw new Error(`no cell ${index}`);
  return cell;
}

const lineOf = (text: string, word: string) => text.split('\n').find((line) => line.includes(word)) ?? '';

describe('the table on the terminal', () => {
  const text = resultsTable(results);

  it('marks the best of each column, where lower is better too', () => {
    expect(lineOf(text, 'Best_1')).toMatch(/99\.00 \(98\.00-100\.00\)\*.*2\.00 /);
    expect(lineOf(text, 'Close')).toMatch(/1\.00\* +1\.00\* +99\.00\*/);
    expect(lineOf(text, 'Worse')).not.toContain('*');
  });

  it('marks what the paired test cannot tell from the best', () => {
    expect(lineOf(text, 'Close')).toContain('~98.50');
    expect(lineOf(text, 'Worse')).not.toContain('~');
  });

  it('says what was chosen, and is bold only in colour', () => {
    expect(lineOf(text, 'Best_1')).toContain('magnitude 0.004');
    expect(text).not.toContain('\u001b');
    expect(lineOf(resultsTable(results, { color: true }), 'Best_1')).toContain('\u001b[1m');
  });

  it('has a block per pair and model', () => {
    const two = sampleResults((one) => {
      const cells = Array.isArray(one.cells) ? one.cells : [];
      one.cells = [...cells, { ...cells[0], ood: 'other' }];
    });
    expect(resultsTable(two)).toContain('clothes vs digits, net');
    expect(resultsTable(two)).toContain('clothes vs other, net');
  });
});

describe('csv', () => {
  it('has a line per cell, quoted by RFC 4180, with every digit', () => {
    const [head = '', first = '', second = '', third, end] = reportText('results.csv', results).split('\r\n');
    expect(head.split(',').slice(0, 8)).toEqual([
      'method',
      'id',
      'ood',
      'model',
      'protocol',
      'auroc',
      'auroc_low',
      'auroc_high',
    ]);
    expect(first).toContain('best,clothes,digits,net,fssd-paper,0.99,0.98,1,');
    expect(first).toContain('"{""magnitude"":0.004}"');
    expect(second).toContain('close,');
    expect(third).toBeDefined();
    expect(end).toBe('');
  });
});

describe('markdown and latex', () => {
  it('put the best in bold and mark what is like it', () => {
    expect(lineOf(reportText('table.md', results), 'Best')).toContain('**99.00** (98.00–100.00)');
    expect(lineOf(reportText('table.md', results), 'Close')).toContain('~98.50');
    expect(lineOf(reportText('table.tex', results), 'Best')).toContain('\\textbf{99.00}');
    expect(lineOf(reportText('table.tex', results), 'Close')).toContain('98.50$^{\\dagger}$');
  });

  it('escape what would be markup', () => {
    expect(reportText('table.md', results)).toContain('\\<b\\>Worse');
    expect(reportText('table.md', results)).toContain('Best\\_1');
    expect(reportText('table.tex', results)).toContain('Best\\_1');
  });
});

describe('the report page', () => {
  const html = reportText('report.html', results, (cell) => ({
    id: Float64Array.from({ length: 100 }, (_, k) => k / 10 + results.cells.indexOf(cell)),
    ood: Float64Array.from({ length: 100 }, (_, k) => k / 20),
  }));

  it('fetches nothing, runs nothing and escapes everything', () => {
    expect(html).not.toMatch(/https?:|<script|src=|@import|url\(/);
    expect(html).toContain('sample &amp; &lt;script&gt;');
    expect(html).toContain('&lt;b&gt;Worse&lt;/b&gt;');
  });

  it('has three pictures per cell, one of all, and says what each shows', () => {
    expect(html.match(/<svg role="img" aria-label="/g)).toHaveLength(3 * 3 + 1);
    expect(html).toContain('aria-label="ROC curve of Best_1"');
    expect(html).not.toContain('NaN');
  });

  it('stands scores that are all alike, infinite or missing', () => {
    const odd = new Map([
      [cellAt(0), { id: new Float64Array(10), ood: new Float64Array(10) }],
      [cellAt(1), { id: Float64Array.of(1, Infinity, 3), ood: Float64Array.of(-Infinity, 0, 1e300) }],
    ]);
    const page = reportText('report.html', results, (cell) => odd.get(cell));
    expect(page).toContain('1 of 3 rows have no curves and histograms here');
    expect(page).not.toContain('NaN');
    expect(page.match(/<article/g)).toHaveLength(2);
  });

  it('thins long curves', () => {
    const many = {
      id: Float64Array.from({ length: 20_000 }, (_, k) => k),
      ood: Float64Array.from({ length: 20_000 }, (_, k) => k - 0.5),
    };
    const page = reportText('report.html', results, (cell) => (cell === cellAt(0) ? many : undefined));
    expect(page.length).toBeLessThan(60_000);
  });
});
