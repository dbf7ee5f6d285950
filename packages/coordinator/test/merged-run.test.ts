import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { metricOf, readResults, sha256 } from '@oodgrid/contract';
import { MergedRun as WireRun } from '@oodgrid/contract/wire';
import { rocMetrics } from '@oodgrid/stats';
import { describe, expect, it } from 'vitest';
import type { MergedCell } from '../src/merger/merge-cell.js';
import {
  encodeCell,
  encodeComparisons,
  encodeHeader,
  type MergedPart,
  readMergedRun,
} from '../src/merger/merged-run-codec.js';
import { digest } from './small-plan.js';

const measured = { estimate: 0.5, interval: { low: 0.4, high: 0.6 }, how: 'delong' };
const comparison = { id: 'a', ood: 'b', model: 'm', a: 'x', b: 'y', difference: 0.1, p: 0.5 };
const results = readResults({
  schema: 'oodgrid.results/v2',
  protocol: { name: 'mine', criterion: null },
  metrics: [{ key: 'auroc', title: 'AUROC', isLowerBetter: false, positive: 'id' }],
  run: {
    id: 'r',
    name: 'r',
    startedAt: '2026-11-25T00:00:00.000Z',
    seconds: 1,
    workers: 1,
    tasks: 1,
    cachedUnits: 0,
    work: { images: 0, forwards: 0, gradients: 0 },
  },
  grid: {},
  environment: {
    engine: 'e',
    engineVersion: '1',
    device: 'cpu',
    numericsClass: 'c',
    node: 'n',
    platform: 'p',
    cpu: 'c',
  },
  cells: ['x', 'y'].map((method) => ({
    method,
    title: method,
    id: 'a',
    ood: 'b',
    model: 'm',
    metrics: { auroc: measured },
    hyperparameters: { chosen: null, isFallback: false, criteria: [] },
    combination: { kind: 'first-column', parameters: {} },
    counts: { fit: { id: 1, ood: 1 }, select: { id: 1, ood: 1 }, test: { id: 3, ood: 2 } },
    scores: { file: `scores/${method}.npz`, id: digest('1'), ood: digest('2') },
    seconds: 1,
  })),
  comparisons: [{ ...comparison, samplesId: 3, samplesOod: 2 }],
  digest: digest('3'),
});

const cells = results.cells.map((cell, i): MergedCell => {
  const split = (n: number) => ({
    rows: n,
    columns: 2,
    data: Float32Array.from({ length: 2 * n }, (_, k) => k + i),
    indices: Uint32Array.from({ length: n }, (_, k) => k),
  });
  const side = (n: number) => ({ fit: split(1), select: split(1), test: split(n) });
  const test = (n: number) => ({
    scores: Float64Array.from({ length: n }, (_, k) => k / 3 + i),
    indices: Uint32Array.from({ length: n }, (_, k) => k),
  });
  return { cell, test: { id: test(3), ood: test(2) }, features: { id: side(3), ood: side(2) } };
});

const { cells: _cells, comparisons, ...header } = results;
const written = Buffer.concat([
  encodeHeader(header),
  ...cells.map(encodeCell),
  encodeComparisons(comparisons),
]);
const parts: MergedPart[] = [
  { kind: 'header', header },
  ...cells.map((merged) => ({ kind: 'cell', merged }) as const),
  { kind: 'comparisons', comparisons },
];

async function read(bytes: Uint8Array, pieceBytes: number): Promise<MergedPart[]> {
  async function* pieces() {
    for (let from = 0; from < bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes);
  }
  const found: MergedPart[] = [];
  for await (const part of readMergedRun(pieces())) found.push(part);
  return found;
}

describe('a merged run', () => {
  it.each([1, 7, 64, 1_000_000])('is read part by part, in pieces of %i bytes', async (pieceBytes) => {
    expect(await read(written, pieceBytes)).toEqual(parts);
  });

  it('of the version before is read as well', async () => {
    const { cells: wireCells } = WireRun.decode(Buffer.concat(cells.map(encodeCell)));
    const former = WireRun.encode({
      resultsJson: Buffer.from(JSON.stringify(results)),
      cells: wireCells.map(({ arrays }) => ({ arrays, cellJson: Buffer.alloc(0) })),
      headerJson: Buffer.alloc(0),
      comparisonsJson: [],
    }).finish();
    expect(await read(former, 100)).toEqual(parts);
  });

  it('of results of version 1, as an older coordinator has stored it, is read with the same numbers', async () => {
    const stored = gunzipSync(readFileSync(new URL('./fixtures/merged-run-v1.bin.gz', import.meta.url)));
    const found = await read(stored, 4096);
    expect(found.map(({ kind }) => kind)).toEqual(['header', 'cell', 'cell', 'comparisons']);
    const [header, cell] = found;
    expect(header).toMatchObject({ header: { convertedFrom: 'oodgrid.results/v1' } });
    if (cell?.kind !== 'cell') throw new Error('no cell');
    const { test, cell: row } = cell.merged;
    expect(row.counts.test).toEqual({ id: test.id.scores.length, ood: test.ood.scores.length });
    expect(metricOf(row, 'auroc').estimate).toBeCloseTo(
      rocMetrics(test.id.scores, test.ood.scores).auroc,
      12,
    );
    expect(metricOf(row, 'fpr95').estimate).toBe(rocMetrics(test.id.scores, test.ood.scores).fpr95);
    expect(sha256(new Uint8Array(test.id.scores.buffer))).toBe(row.scores.id);
  });

  it('that is cut short or something else is refused', async () => {
    await expect(read(written.subarray(0, -1), 100)).rejects.toMatchObject({ code: 'corrupt-data' });
    await expect(read(Buffer.from('{"digest":"x"}'), 100)).rejects.toMatchObject({ code: 'corrupt-data' });
    // Bytes of another type would be read as numbers all the same.
    const [cell] = WireRun.decode(Buffer.concat(cells.map(encodeCell))).cells;
    const arrays = cell?.arrays.map((array) => ({ ...array, dtype: 'u32' })) ?? [];
    const foreign = WireRun.encode({
      resultsJson: Buffer.alloc(0),
      headerJson: Buffer.alloc(0),
      comparisonsJson: [],
      cells: [{ cellJson: cell?.cellJson ?? Buffer.alloc(0), arrays }],
    }).finish();
    const mixed = Buffer.concat([encodeHeader(header), foreign, encodeComparisons(comparisons)]);
    await expect(read(mixed, 100)).rejects.toThrow('"scores.id" has u32, not f64');
    // A length of 2^40 bytes is not waited for.
    const huge = Buffer.from([0x12, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]);
    await expect(read(Buffer.concat([huge, written]), 100)).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  it.each([
    '../../.bashrc',
    'scores/../../x.npz',
    '/etc/cron.d/x.npz',
    'scores/a\\..\\b.npz',
    'scores/.npz/x',
    'results.json',
    'scores/nul\u0000.npz',
  ])(
    'of a hostile coordinator that names the file %j is refused: its reader would write there',
    async (file) => {
      const [merged] = cells;
      if (merged === undefined) throw new Error('there is a cell');
      const cell = { ...merged.cell, scores: { ...merged.cell.scores, file } };
      const read = async () => {
        const bytes = Buffer.concat([encodeHeader(header), encodeCell({ ...merged, cell })]);
        for await (const part of readMergedRun(
          (async function* () {
            yield bytes;
          })(),
        ))
          void part;
      };
      await expect(read()).rejects.toMatchObject({ code: 'corrupt-data' });
    },
  );
});
