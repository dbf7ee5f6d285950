import { describe, expect, it } from 'vitest';
import { resultsTable } from '../src/index.js';
import { reportText } from './report-text.js';
import { sampleResults } from './sample-results.js';

const accuracy = (model: string, value: number, cardAccuracy: number | null = null) => ({
  model,
  id: 'clothes',
  accuracy: { value, low: value - 0.01, high: value + 0.01 },
  correct: 1000 * value,
  samples: 1000,
  cardAccuracy,
});

const chance = {
  code: 'accuracy-at-chance',
  severity: 'serious',
  message: 'model "net" classifies 10.00 % of <all> & guesses',
  place: { model: 'net', id: 'clothes', split: 'test' },
};
const copies = (ood: string) => ({
  code: 'duplicates-in-set',
  severity: 'notice',
  message: `3 of the 1000 images of "${ood}" are copies`,
  place: { ood, split: 'test' },
  count: 3,
  example: [1, 2],
});

const doubtful = sampleResults((one) => {
  one.accuracies = [accuracy('net', 0.1, 0.925), accuracy('member_1', 0.9)];
  one.warnings = [chance, copies('digits'), copies('other')];
});
const sound = sampleResults();

describe('below the table on the terminal', () => {
  const text = resultsTable(doubtful);

  it('stand the accuracies beside the cards, the doubtful one marked', () => {
    expect(text).toMatch(/\n {2}net on clothes +10\.00 % \(9\.00-11\.00\), card 92\.50 % !\n/);
    expect(text).toMatch(/\n {2}member_1 on clothes +90\.00 % \(89\.00-91\.00\)\n/);
  });

  it('stand warnings before notices, with how many there are of each and where to read on', () => {
    expect(text).toContain(
      '1 warning, 2 notices (what to do: docs/warnings.md)\n! accuracy-at-chance: model "net"',
    );
    expect(text).toContain('\n- duplicates-in-set: 3 of the 1000 images of "digits"');
  });

  it('stands nothing where nothing is', () => {
    expect(resultsTable(sound)).not.toMatch(/warning|notice|accuracy on/);
  });

  it('stays bounded: three of a kind, twelve models, the doubtful one first', () => {
    const many = sampleResults((one) => {
      one.accuracies = Array.from({ length: 40 }, (_, i) => accuracy(i === 39 ? 'net' : `m${i}`, 0.1));
      one.warnings = [chance, ...Array.from({ length: 500 }, (_, i) => copies(`set${i}`))];
    });
    const lines = resultsTable(many).split('\n');
    expect(lines.filter((line) => line.startsWith('- '))).toHaveLength(3);
    expect(lines).toContain('  ... and 497 more of this kind in results.json');
    expect(lines).toContain('  ... and 28 more in results.json');
    expect(lines[lines.findIndex((line) => line.startsWith('accuracy on')) + 1]).toContain('net on clothes');
  });

  it.each([60, 100, 200])('fits %s columns, by whole words', (width) => {
    const below = resultsTable(doubtful, { width }).split('accuracy on the ID')[1] ?? '';
    for (const line of below.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    expect(below.replaceAll(/\n {2}/g, ' ')).toContain(chance.message);
  });
});

describe('the files', () => {
  it("csv has the accuracy of the cell's model and the codes of what concerns the cell", () => {
    const [head = '', first = ''] = reportText('results.csv', doubtful).split('\r\n');
    expect(head.endsWith('seconds,id_accuracy,id_accuracy_low,id_accuracy_high,card_accuracy,warnings')).toBe(
      true,
    );
    expect(first).toMatch(/,1\.250,0\.1,0\.09\d*,0\.11\d*,0\.925,accuracy-at-chance duplicates-in-set$/);
    const elsewhere = sampleResults((one) => {
      const place = { id: 'clothes', ood: 'digits', model: 'net', method: 'close' };
      const constant = { ...chance, code: 'constant-scores', place };
      one.warnings = [copies('other'), { ...chance, place: { model: 'another' } }, constant];
    });
    const lines = reportText('results.csv', elsewhere).split('\r\n');
    expect(lines[1]).toMatch(/,1\.250,,,,,$/);
    expect(lines[2]).toMatch(/,1\.250,,,,,constant-scores$/);
  });

  it('markdown has a section of each, escaped', () => {
    const text = reportText('table.md', doubtful);
    expect(text).toContain('| net | clothes | 10.00 (9.00–11.00) | 92.50 |');
    expect(text).toContain(
      '- **Warning** `accuracy-at-chance`: model "net" classifies 10.00 % of \\<all\\> & guesses',
    );
    expect(text).toContain('- Notice `duplicates-in-set`');
    expect(reportText('table.md', sound)).not.toContain('### Warnings');
  });

  it('latex has them as notes below the table that they concern', () => {
    const text = reportText('table.tex', doubtful);
    expect(text).toContain('Accuracy of net on clothes: 10.00 \\% (9.00--11.00), card 92.50 \\%.');
    expect(text).toContain('\\textbf{Warning} (accuracy-at-chance)');
    expect(text).toContain('copies.');
    expect(text).not.toContain('"other"');
    expect(reportText('table.tex', sound)).not.toContain('parbox');
  });

  it('the page has them in a box at the top, escaped, and the accuracies', () => {
    const html = reportText('report.html', doubtful);
    expect(html.indexOf('class="warnings serious"')).toBeLessThan(html.indexOf('class="facts"'));
    expect(html).toContain('of &lt;all&gt; &amp; guesses');
    expect(html).toContain('<tr class="doubted"><th scope="row">net</th>');
    expect(html).not.toMatch(/https?:|<script/);
    expect(reportText('report.html', sound)).not.toContain('role="note"');
  });
});
