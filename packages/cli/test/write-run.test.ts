import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MergedPart } from '@oodgrid/coordinator';
import { REPORT_FORMATS } from '@oodgrid/report';
import { afterAll, expect, it } from 'vitest';
import { sampleResults } from '../../report/test/sample-results.js';
import { writeRun } from '../src/output/write-run.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-write-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const testOf = (from: number) => ({
  scores: Float64Array.from({ length: 40 }, (_, i) => from + i),
  indices: Uint32Array.from({ length: 40 }, (_, i) => i),
});
const split = { rows: 1, columns: 1, data: new Float32Array(1), indices: new Uint32Array(1) };
const splits = { fit: split, select: split, test: split };

async function* merged(): AsyncGenerator<MergedPart> {
  const { cells, comparisons, ...header } = sampleResults();
  yield { kind: 'header', header };
  for (const cell of cells) {
    const test = { id: testOf(20), ood: testOf(0) };
    yield { kind: 'cell', merged: { cell, test, features: { id: splits, ood: splits } } };
  }
  yield { kind: 'comparisons', comparisons };
}

it('a run has the files of its formats, and plots of the scores that were written', async () => {
  const formats = REPORT_FORMATS.map(({ name }) => name);
  await writeRun(merged(), join(folder, 'all'), formats, '');
  const files = REPORT_FORMATS.flatMap((format) => format.files.map(({ name }) => name));
  expect(readdirSync(join(folder, 'all')).sort()).toEqual(
    [...files, 'references.bib', 'results.json', 'scores'].sort(),
  );
  const page = readFileSync(join(folder, 'all', 'report.html'), 'utf8');
  expect(page.match(/<article/g)).toHaveLength(3);
  await writeRun(merged(), join(folder, 'one'), ['csv'], '');
  expect(readdirSync(join(folder, 'one')).sort()).toEqual([
    'comparisons.csv',
    'means.csv',
    'references.bib',
    'results.csv',
    'results.json',
    'scores',
  ]);
});
