import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { comparedTables } from '@oodgrid/report';
import { afterAll, describe, expect, it } from 'vitest';
import { compareReport, compareReportSchema } from '../src/output/compare-report.js';
import { readRunResults } from '../src/output/read-run-results.js';

const FORMER = fileURLToPath(new URL('../../report/test/fixtures/results-v1/results.json', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'oodgrid-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('compare', () => {
  it('reads a folder of a run as its results.json, of an older version too', async () => {
    writeFileSync(join(folder, 'results.json'), readFileSync(FORMER));
    expect(await readRunResults(folder)).toEqual(await readRunResults(FORMER));
    const results = await readRunResults(folder);
    const report = compareReport(results, comparedTables(results));
    expect(compareReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const [table] = report.tables;
    expect(table?.rows[0]).toMatchObject({ method: table?.best, difference: null, isLikeBest: true });
  });

  it.each([
    ['absent', undefined, 'not-found', 'give the folder of a run that is done'],
    ['cut.json', '{"schema": "oodgrid.res', 'corrupt-data', 'no JSON'],
    ['other.json', '{"cells": []}', 'corrupt-data', 'no results of a run: schema'],
    ['newer.json', '{"schema": "oodgrid.results/v9"}', 'corrupt-data', 'a newer ood-cli reads newer ones'],
  ])('%s is refused with its path and what to do', async (name, text, code, message) => {
    const path = join(folder, name);
    if (text !== undefined) writeFileSync(path, text);
    const refused = readRunResults(path);
    await expect(refused).rejects.toMatchObject({ code });
    await expect(refused).rejects.toThrow(path);
    await expect(refused).rejects.toThrow(message);
  });
});
