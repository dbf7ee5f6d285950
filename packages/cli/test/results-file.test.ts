import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MergedPart } from '@oodgrid/coordinator';
import { afterAll, expect, it } from 'vitest';
import { sampleResults } from '../../report/test/sample-results.js';
import { ResultsFile } from '../src/output/results-file.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-results-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const nothing = { scores: new Float64Array(), indices: new Uint32Array() };
const split = { rows: 0, columns: 1, data: new Float32Array(), indices: new Uint32Array() };
const splits = { fit: split, select: split, test: split };

it.each([0, 1, 3])(
  'results.json of %i cells, written part by part, is what one string would be',
  async (count) => {
    const { cells, comparisons, ...header } = sampleResults();
    const own = cells.slice(0, count);
    const parts: MergedPart[] = [
      { kind: 'header', header },
      ...own.map((cell): MergedPart => {
        const merged = { cell, test: { id: nothing, ood: nothing }, features: { id: splits, ood: splits } };
        return { kind: 'cell', merged };
      }),
      ...(count > 0 ? [{ kind: 'comparisons', comparisons } as const] : []),
    ];
    const path = join(folder, `${count}.json`);
    {
      await using file = await ResultsFile.create(path);
      for (const part of parts) await file.add(part);
      await file.end();
    }
    const text = readFileSync(path, 'utf8');
    const whole = { ...header, cells: own, comparisons: count > 0 ? comparisons : [] };
    expect(text).toBe(`${JSON.stringify(whole, null, 2)}\n`);
  },
);
