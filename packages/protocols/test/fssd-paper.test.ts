import {
  decisionFunction,
  fitLogisticCv,
  METRIC_NAMES,
  NumpyRandomState,
  type Rows,
  rocMetrics,
} from '@oodgrid/stats';
import { describe, expect, it } from 'vitest';
import { fssdPaper, splitIndices } from '../src/index.js';

const random = new NumpyRandomState(5).randomSample(8000);
/** [n, columns] in [0, 1), the first column `gap` higher. */
const rows = (from: number, n: number, columns: number, gap: number): Rows => ({
  rows: n,
  columns,
  data: Float32Array.from(
    { length: n * columns },
    (_, i) => (random[from + i] ?? Number.NaN) + (i % columns === 0 ? gap : 0),
  ),
});

describe('fssd-paper', () => {
  it('takes 500 samples to fit, 500 to select and the rest to test, and refuses sets without a rest', () => {
    expect(fssdPaper.cut({ name: 'x', count: 1001 })).toEqual({
      fit: { from: 0, to: 500 },
      select: { from: 500, to: 1000 },
      test: { from: 1000, to: 1001 },
    });
    expect(() => fssdPaper.cut({ name: 'x', count: 1000 })).toThrow(
      /data set "x" has 1000 test samples; protocol fssd-paper needs at least 1001/,
    );
  });

  it('keeps as many OOD test samples as there are ID ones', () => {
    expect(fssdPaper.keptOod(9000, 25_032)).toBe(9000);
    expect(fssdPaper.keptOod(9000, 10)).toBe(10);
  });

  it('permutes by the legacy generator of seed 42', () => {
    expect(splitIndices(fssdPaper, 'permuted', 10_000)).toEqual(new NumpyRandomState(42).permutation(10_000));
    expect([...splitIndices(fssdPaper, 'file', 3)]).toEqual([0, 1, 2]);
  });

  it('normalises a pair as its ID set', () => {
    const normalisation = { mean: [0.5], std: [0.25] };
    expect(fssdPaper.normalisation({ name: 'x', normalisation })).toBe(normalisation);
    expect(() => fssdPaper.normalisation({ name: 'x' })).toThrow(/"x" has no normalisation/);
  });

  it('scores by the decision of a regression over the columns', () => {
    const [id, ood, test] = [rows(0, 500, 2, 0.4), rows(1000, 500, 2, 0), rows(2000, 300, 2, 0.2)];
    const data = Float64Array.from([...id.data, ...ood.data]);
    const labels = Uint8Array.from({ length: 1000 }, (_, i) => (i < 500 ? 1 : 0));
    const fit = fitLogisticCv({ features: { rows: 1000, columns: 2, data }, labels });
    const combination = fssdPaper.combine(id, ood);
    expect(combination.parameters).toEqual({ c: fit.c, coef: [...fit.coef], intercept: fit.intercept });
    expect(combination.scores(test)).toEqual(
      decisionFunction({ ...test, data: Float64Array.from(test.data) }, fit),
    );
  });

  it('selects by TNR at 95 % TPR, the first of equals, and falls back where all are 0', () => {
    const sweep = (gaps: readonly number[]) => ({
      candidates: gaps.map((gap) => ({ gap })),
      fallback: 1,
      rows: (role: 'fit' | 'select', side: 'id' | 'ood', candidate: number) =>
        rows(role === 'fit' ? 0 : 4000, 500, 1, side === 'id' ? (gaps[candidate] ?? Number.NaN) : 0),
    });
    expect(fssdPaper.selection?.select(sweep([0.1, 0.4, 0.4]))).toMatchObject({
      candidate: 1,
      isFallback: false,
    });
    const same = { ...sweep([0, 0]), rows: () => ({ rows: 500, columns: 1, data: new Float32Array(500) }) };
    expect(fssdPaper.selection?.select(same)).toEqual({ candidate: 1, isFallback: true, values: [0, 0] });
  });

  it('previews methods of one column alone', () => {
    expect([fssdPaper.previewColumn(1), fssdPaper.previewColumn(5)]).toEqual([0, null]);
  });

  it('measures what the package of statistics measures, by the same bits', () => {
    const id = Float64Array.from(random.subarray(0, 900), (x) => Math.round(40 * (x + 0.2)));
    const ood = Float64Array.from(random.subarray(1000, 1700), (x) => Math.round(40 * x));
    const expected = rocMetrics(id, ood);
    const distinct = [...new Set([...id, ...ood])].sort((a, b) => b - a);
    const counts = (side: Float64Array) =>
      Float64Array.from(distinct, (score) => side.filter((one) => one === score).length);
    const measured = fssdPaper.metrics.map(({ key, of }) => [key, of(counts(id), counts(ood))]);
    expect(Object.fromEntries(measured)).toEqual(expected);
  });

  it('has the metrics of results', () => {
    expect(fssdPaper.metrics.map(({ key }) => key)).toEqual([...METRIC_NAMES]);
  });
});
