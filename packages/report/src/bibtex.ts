import { linkOf, type Reference, type Results, visible, type Work } from '@oodgrid/contract';
import type { ReportFile } from './formats/format.js';
import { usesText } from './reference-text.js';

/** References of a run as BibTeX, written to every run's folder: one entry per work. */
export const BIBLIOGRAPHY: ReportFile = {
  name: 'references.bib',
  holds: 'what to cite, for BibTeX: protocol, methods, models, data sets, statistics',
  write: ({ results }) => entries(results),
};

function* entries({ references }: Results): Generator<string> {
  for (const [i, reference] of references.entries()) yield `${i === 0 ? '' : '\n'}${entry(reference)}`;
}

function entry(reference: Reference): string {
  const { authors, title, year, journal, proceedings, institution, volume, number, pages, arxiv, doi } =
    reference;
  const link = doi === undefined ? linkOf(reference) : undefined;
  const fields: readonly (readonly [string, string | number | undefined])[] = [
    ['author', escaped(authors)],
    // A style keeps the capitals of what stands in braces of its own.
    ['title', `{${escaped(title)}}`],
    ['journal', maybe(journal)],
    ['booktitle', maybe(proceedings)],
    ['institution', maybe(institution)],
    ['year', year],
    ['volume', volume],
    ['number', number],
    ['pages', pages?.replace('-', '--')],
    ['eprint', arxiv],
    ['archiveprefix', arxiv === undefined ? undefined : 'arXiv'],
    ['doi', doi],
    ['url', link],
    // No style prints it.
    ['annote', escaped(`Used for ${usesText(reference)}`)],
  ];
  const lines = fields.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name} = {${value}},\n`]));
  return `@${typeOf(reference)}{${reference.key},\n${lines.join('')}}\n`;
}

function typeOf({ journal, proceedings, institution }: Work): string {
  if (journal !== undefined) return 'article';
  if (proceedings !== undefined) return 'inproceedings';
  return institution === undefined ? 'misc' : 'techreport';
}

const maybe = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : escaped(text);

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '{\\textbackslash}',
  // BibTeX counts braces whatever stands before them, and "@" begins an entry for some of its readers.
  '{': '{\\textbraceleft}',
  '}': '{\\textbraceright}',
  '@': '{\\char64}',
  '~': '{\\textasciitilde}',
  '^': '{\\textasciicircum}',
  '<': '{\\textless}',
  '>': '{\\textgreater}',
  '|': '{\\textbar}',
  '"': '{\\char34}',
};

/** Text as the value of a field: no command, no comment, every brace with its other half. */
const escaped = (text: string): string =>
  visible(text).replaceAll(/[\\~^&%$#_{}<>|@"]/g, (char) => SPECIAL[char] ?? `\\${char}`);
