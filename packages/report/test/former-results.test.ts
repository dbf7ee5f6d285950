import { readFileSync } from 'node:fs';
import { type Cell, metricOf, readResults, resultsSchema } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { REPORT_FORMATS, resultsTable } from '../src/index.js';
import { reportText } from './report-text.js';

/** Results of version 1, and what that version wrote of them, but for the styles of the page: a real run of four methods on two pairs. */
const read = (name: string) =>
  readFileSync(new URL(`./fixtures/results-v1/${name}`, import.meta.url), 'utf8');
const former: unknown = JSON.parse(read('results.json'));
const results = readResults(former);

describe('results of version 1', () => {
  it.each(REPORT_FORMATS.flatMap(({ files }) => files.map(({ name }) => name)))(
    'have the same %s',
    async (name) => {
      const text = reportText(name, results).replace(/<style>.*<\/style>\n/s, '');
      await expect(text).toMatchFileSnapshot(`./fixtures/results-v1/${name}`);
    },
  );

  it('have the same table on the terminal', async () => {
    const text = `${resultsTable(results, { width: 120 })}\n`;
    await expect(text).toMatchFileSnapshot('./fixtures/results-v1/table.txt');
  });

  it('are of the one protocol that there was, with every number in its new place', () => {
    expect(resultsSchema.parse(results)).toEqual(results);
    expect(results).toMatchObject({
      schema: 'oodgrid.results/v2',
      convertedFrom: 'oodgrid.results/v1',
      protocol: { name: 'fssd-paper', criterion: 'TNR at 95 % TPR' },
    });
    expect(numbersOf(results.cells)).toEqual(formerNumbers());
  });

  it('and those of another version are refused with the versions that can be read', () => {
    expect(() => readResults({ ...Object(former), schema: 'oodgrid.results/v9' })).toThrow(
      'results of the schema "oodgrid.results/v9"; this version reads oodgrid.results/v2 and oodgrid.results/v1',
    );
    expect(() => readResults({ ...results, metrics: results.metrics.slice(1) })).toThrow(/first metric/);
    const [cell] = results.cells;
    const cells = [{ ...cell, metrics: { auroc: cell?.metrics.auroc } }];
    expect(() => readResults({ ...results, cells })).toThrow('row "baseline" has no metric "auprIn"');
  });
});

const numbersOf = (cells: readonly Cell[]) =>
  cells.map((cell) => ({
    metrics: results.metrics.flatMap(({ key }) => {
      const { estimate, interval } = metricOf(cell, key);
      return [estimate, interval.low, interval.high];
    }),
    criteria: cell.hyperparameters.criteria,
    regression: cell.combination.parameters,
    counts: Object.values(cell.counts).flatMap(({ id, ood }) => [id, ood]),
  }));

/** As the file has them. */
function formerNumbers() {
  const { cells } = JSON.parse(read('results.json'));
  return cells.map(({ metrics, hyperparameters, counts }: Record<string, Record<string, unknown>>) => ({
    metrics: Object.values(metrics ?? {}).flatMap((one) => Object.values(Object(one))),
    criteria: hyperparameters?.tnrOfCandidates,
    regression: hyperparameters?.regression,
    counts: Object.values(counts ?? {}),
  }));
}
