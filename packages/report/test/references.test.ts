import type { Reference } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { bibtexEntries } from './bibtex-entries.js';
import { reportText } from './report-text.js';
import { sampleResults } from './sample-results.js';

const REFERENCES: readonly Reference[] = [
  {
    key: 'huang2020feature',
    authors: 'Haiwen Huang and Zhihan Li and Lulu Wang',
    title: 'Feature Space Singularity',
    year: 2020,
    arxiv: '2011.14654',
    uses: [
      { kind: 'protocol', name: 'fssd-paper' },
      { kind: 'method', name: 'fssd', at: 'eq. 4' },
      { kind: 'model', name: 'lenet', licence: 'MIT' },
    ],
  },
  {
    key: 'delong1988comparing',
    authors: 'Elizabeth R. DeLong and David M. DeLong',
    title: 'Comparing the Areas & More',
    year: 1988,
    journal: 'Biometrics',
    volume: 44,
    number: 3,
    pages: '837-845',
    doi: '10.2307/2531595',
    uses: [{ kind: 'statistics', name: 'paired tests' }],
  },
  {
    key: 'krizhevsky2009learning',
    authors: 'Alex Krizhevsky',
    title: 'Tiny Images',
    year: 2009,
    institution: 'University of Toronto',
    url: 'https://example.org/a?b=c&d=e',
    uses: [{ kind: 'data-set', name: 'cifar10', licence: 'none stated' }],
  },
];

const results = { ...sampleResults(), references: REFERENCES };

describe('references.bib', () => {
  const entries = bibtexEntries(reportText('references.bib', results));

  it('has an entry a work, of the type that it is', () => {
    expect(entries.map(({ type, key }) => [type, key])).toEqual([
      ['misc', 'huang2020feature'],
      ['article', 'delong1988comparing'],
      ['techreport', 'krizhevsky2009learning'],
    ]);
  });

  it('says where a work is found and what it was used for', () => {
    const [preprint, article, report] = entries.map(({ fields }) => Object.fromEntries(fields));
    expect(preprint).toEqual({
      author: 'Haiwen Huang and Zhihan Li and Lulu Wang',
      title: '{Feature Space Singularity}',
      year: '2020',
      eprint: '2011.14654',
      archiveprefix: 'arXiv',
      url: 'https://arxiv.org/abs/2011.14654',
      annote: 'Used for protocol fssd-paper; method fssd (eq. 4); model lenet (licence: MIT)',
    });
    expect(article).toMatchObject({
      title: '{Comparing the Areas \\& More}',
      journal: 'Biometrics',
      volume: '44',
      number: '3',
      pages: '837--845',
      doi: '10.2307/2531595',
    });
    expect(report).toMatchObject({
      institution: 'University of Toronto',
      url: 'https://example.org/a?b=c&d=e',
    });
  });
});

it('the page and the markdown list every work with its address and what it was used for', () => {
  const page = reportText('report.html', results);
  expect(page).toContain(
    'Elizabeth R. DeLong and David M. DeLong. Comparing the Areas &amp; More. Biometrics 44(3), 837-845, 1988. <a href="https://doi.org/10.2307/2531595"',
  );
  expect(page).toContain('data set cifar10 (licence: none stated)');
  expect(page).toContain('href="https://example.org/a?b=c&amp;d=e"');
  const markdown = reportText('table.md', results);
  expect(markdown).toContain(
    '1. Haiwen Huang, Zhihan Li and Lulu Wang. Feature Space Singularity. 2020. arXiv:2011.14654 <https://arxiv.org/abs/2011.14654> (protocol fssd-paper; method fssd (eq. 4); model lenet (licence: MIT))',
  );
});

it('results of an older coordinator have no section, and a .bib without entries', () => {
  const older = sampleResults();
  expect(older.references).toEqual([]);
  expect(reportText('report.html', older)).not.toContain('References');
  expect(reportText('table.md', older)).not.toContain('References');
  expect(bibtexEntries(reportText('references.bib', older))).toEqual([]);
});
