import type { ResolvedGrid } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { confusionOf } from '../src/merger/confusion.js';
import { candidateColumns, cut } from '../src/merger/features.js';
import { meanOfSome } from '../src/merger/mean-of-some.js';
import { SeriesReader } from '../src/merger/unit-results.js';
import { resultOfRow } from '../src/store/result-row.js';
import { GridWorkload } from '../src/workload/grid-workload.js';
import { smallGrid } from './small-plan.js';

describe('what is not there is never taken for a 0', () => {
  it('a value beyond the rows is NaN, which a cell refuses', () => {
    const short = { rows: 2, columns: 2, data: Float32Array.of(1, 2, 3) };
    expect(candidateColumns(short, 1, 1)).toEqual({
      rows: 2,
      columns: 1,
      data: Float32Array.of(2, Number.NaN),
    });
  });

  it('of fewer samples than are kept, all are', () => {
    const all = { rows: 2, columns: 1, data: Float32Array.of(1, 2), indices: Uint32Array.of(7, 8) };
    expect(cut(all, 3)).toEqual(all);
    expect(cut(all, 1)).toEqual({
      rows: 1,
      columns: 1,
      data: Float32Array.of(1),
      indices: Uint32Array.of(7),
    });
  });

  it('predictions without labels are no confusion', () => {
    expect(() => confusionOf({ rows: 2, columns: 1, data: Float32Array.of(1, 2) }, 10)).toThrow(/1 columns/);
  });

  it('values without slices have no mean of some', () => {
    expect(() => meanOfSome(Float64Array.of(1, 2), Uint32Array.of(0), 2)).toThrow(/2 values have 1 slices/);
  });

  it('a series without a part is an error', () => {
    const reader = new SeriesReader({ series: [{ id: 's', columns: 1, parts: [] }] }, () => undefined);
    expect(() => reader.read('s')).toThrow(/"s" is planned without a part/);
  });

  it('a stored result without its shape, or of another one, is not found', () => {
    const data = Buffer.from(Float32Array.of(1, 2).buffer);
    const row = { rows: 2, columns: 1, data, crc: 0x2e3f_a576, blob: null };
    expect(resultOfRow(row)).toMatchObject({ kind: 'scores', rows: 2, columns: 1 });
    for (const wrong of [{ rows: null }, { columns: null }, { rows: 3 }])
      expect(resultOfRow({ ...row, ...wrong })).toBeUndefined();
  });

  it('a grid that does not say what memory a model needs is refused before anything is placed', () => {
    const grid: ResolvedGrid = { ...smallGrid(), memoryBytes: { m: 1000 } };
    expect(() => new GridWorkload({ kind: 'grid', grid, slice: 512 })).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining('model "other"') }),
    );
  });
});
