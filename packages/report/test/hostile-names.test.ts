import type { Results } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { resultsTable } from '../src/index.js';
import { bibtexEntries } from './bibtex-entries.js';
import { reportText } from './report-text.js';
import { sampleResults } from './sample-results.js';

/** Names that would do something in one of the formats. */
const HOSTILE: readonly string[] = [
  '=HYPERLINK("http://x","y")',
  '+1+cmd|calc',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  ' =1',
  '\uff1d1',
  'two\nlines',
  'carriage\rreturn',
  'tab\there',
  'quote " and , and ;',
  '\u001b[31mred\u001b]0;title\u0007',
  '\u009b31m',
  'bell\u0007 null\u0000 delete\u007f',
  'bidi \u202egnp.exe\u2066',
  'lines\u2028and\u2029paragraphs',
  'zero\u200bwidth\ufeff',
  'half \ud800 pair',
  '</td><script>alert(1)</script>',
  "' onload='x",
  '| a | b |',
  '[x](javascript:y) ![z](w) `code` **b** <i>',
  '$x^2$ \\input{/etc/passwd} 100 % a&b #1 ~ {c}',
  '[10pt] after a row',
  '*star after a row',
];

/** A work of which a module of the user's says so. */
const referencesOf = (name: string): Results['references'] => [
  {
    key: 'doe2026name',
    authors: `${name} and Jane ${name}`,
    title: name,
    year: 2026,
    journal: name,
    uses: [{ kind: 'method', name, at: name, licence: name }],
  },
];

const resultsOf = (name: string): Results => ({ ...namedResults(name), references: referencesOf(name) });

const namedResults = (name: string) =>
  sampleResults((results) => {
    const named = { title: name, method: name, id: name, ood: `ood ${name}`, model: name };
    const [cell] = sampleResults().cells;
    const warning = { code: 'id-in-ood', severity: 'serious', message: name, place: { id: name } };
    Object.assign(results, { cells: [{ ...cell, ...named }], comparisons: [], warnings: [warning] });
    Object.assign(results, { run: { ...sampleResults().run, name } });
  });

// Controls, marks of format, separators, halves of pairs; a line break where a format has one is not meant.
const ACTIVE = /(?![\n\r])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Fields of RFC 4180, as a spreadsheet reads them. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
    if (end === '') break;
  }
  return rows.filter((row) => row.length > 1);
}

describe.each(HOSTILE)('a name %j', (name) => {
  const results = resultsOf(name);

  it('is a field of the csv that no spreadsheet computes', () => {
    const [head, row, ...more] = csvRows(reportText('results.csv', results));
    expect(more).toEqual([]);
    expect(row).toHaveLength(head?.length ?? 0);
    for (const field of row ?? [])
      if (!/^-?[\d.e-]+$/.test(field)) expect(field).not.toMatch(/^\s*[=+\-@\uff1d]/);
    expect(reportText('results.csv', results)).not.toMatch(ACTIVE);
  });

  it('leaves the rows of the markdown table whole', () => {
    const text = reportText('table.md', results);
    expect(text).not.toMatch(ACTIVE);
    const rows = text.split('\n').filter((line) => line.startsWith('| '));
    expect(text).not.toMatch(/(?<!\\)<(script|i)>|(?<!\\)\[x\]|(?<!\\)`code/);
    for (const row of rows.slice(0, 3)) expect(row.match(/(?<!\\)\|/g)).toHaveLength(10);
  });

  it('is no command of LaTeX', () => {
    const text = reportText('table.tex', results);
    expect(text).not.toMatch(ACTIVE);
    expect(text).not.toMatch(/\\input|(?<!\\)\$x|(?<!\\)100 %|\\\\\s*[[*]/);
    // The rest of a line behind a sign that begins a comment would be lost.
    for (const line of text.split('\n').slice(1)) expect(line).not.toMatch(/^[^%]*(?<!\\)%(?! )/);
    for (const row of text.split('\n').filter((line) => line.endsWith('\\\\')))
      expect(row.match(/(?<!\\)&/g)).toHaveLength(7);
  });

  it('is the text of a field for BibTeX', () => {
    const text = reportText('references.bib', results);
    expect(text).not.toMatch(ACTIVE);
    const [entry, ...more] = bibtexEntries(text);
    expect(more).toEqual([]);
    expect([...(entry?.fields.keys() ?? [])]).toEqual(['author', 'title', 'journal', 'year', 'annote']);
    for (const value of entry?.fields.values() ?? [])
      expect(value).not.toMatch(/(?<!\\)[%$#&_~^]|\\input|@|"/);
  });

  it('is text in the page', () => {
    const scores = { id: Float64Array.of(1, 2, 3), ood: Float64Array.of(0, 1, 2) };
    const text = reportText('report.html', results, () => scores);
    expect(text).not.toMatch(ACTIVE);
    expect(text).not.toMatch(/<script|<i>|(?<!=)' onload/);
  });

  it('is one line of the terminal', () => {
    const plain = resultsTable(resultsOf('plain'), { width: 10_000 }).split('\n').length;
    const text = resultsTable(results, { width: 10_000 });
    expect(text).not.toMatch(ACTIVE);
    expect(text.split('\n')).toHaveLength(plain);
  });
});
