import { describe, expect, it } from 'vitest';
import { resultsTable, textTable } from '../src/index.js';
import { textWidth } from '../src/text-width.js';
import { sampleResults } from './sample-results.js';

/** Without what makes text bold. */
const plain = (text: string) => text.replaceAll('\u001b[1m', '').replaceAll('\u001b[22m', '');

/** Where in columns of a terminal a word begins. */
const columnOf = (line: string, word: string) => textWidth(line.slice(0, line.indexOf(word)));

it('columns align whatever the script of the names', () => {
  const names = ['plain', '手書き数字', '🙂 emoji', '👩‍👩‍👧', 'e\u0301tude', 'ﾊﾝｶｸ'];
  const lines = textTable(
    ['name', { title: 'n', isNumber: true }, 'end'],
    names.map((name, i) => [name, String(10 ** i), 'x']),
  ).split('\n');
  expect(new Set(lines.slice(2).map((line) => columnOf(line, 'x')))).toEqual(
    new Set([columnOf(lines[0] ?? '', 'end')]),
  );
  expect(lines[1]).toBe('----------  ------  ---');
});

it('what an entry hides is written out', () => {
  expect(textTable(['a'], [['x\u001b[31m\ny']])).toBe('a\n------------\nx\\x1b[31m\\ny');
});

describe.each([200, 100, 60])('on %s columns', (width) => {
  const results = sampleResults((one) => {
    const cells = Array.isArray(one.cells) ? one.cells : [];
    one.cells = [
      ...cells,
      { ...cells[0], method: 'long', title: `${'手書き'.repeat(12)} with ${'long'.repeat(10)}` },
    ];
  });

  it.each([true, false])('the table fits and keeps every column, colour %s', (color) => {
    const text = plain(resultsTable(results, { width, color }));
    for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
    for (const word of ['AUROC (95 %)', 'AUPR-IN', 'AUPR-OUT', 'FPR80', 'FPR95', 'TNR95', 'DetAcc', 'chosen'])
      expect(text).toContain(word);
    expect(text).toContain('magnitude 0.004');
  });
});

it('a table that is too wide goes on below, its first column repeated', () => {
  const number = (title: string) => ({ title, isNumber: true });
  expect(
    textTable(['name', number('one'), number('two'), 'rest'], [['a', '1', '2', 'some words more']], {
      width: 15,
    }),
  ).toBe(
    [
      'name  one  two',
      '----  ---  ---',
      'a       1    2',
      '',
      'name  rest',
      '----  ---------',
      'a     some',
      '        words',
      '        more',
    ].join('\n'),
  );
});

it('without a width no table is too wide', () => {
  const word = 'x'.repeat(500);
  expect(textTable(['a', 'b'], [[word, word]]).split('\n')[2]).toBe(`${word}  ${word}`);
});
