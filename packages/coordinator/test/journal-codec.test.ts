import { describe, expect, it } from 'vitest';
import { planGrid } from '../src/index.js';
import { decodeRecords } from '../src/store/journal-codec.js';
import { smallGrid } from './small-plan.js';

describe('a line of the journal', () => {
  it('of a former version gets the present names of its records', () => {
    const line = JSON.stringify([
      { kind: 'bound', run: 'r', pool: 'p' },
      { kind: 'finished', run: 'r', task: 0, isReused: true },
      { kind: 'finished', run: 'r', task: 1, isReused: false },
      { kind: 'completed', run: 'r', task: 2 },
    ]);
    expect(decodeRecords(line)).toEqual([
      { kind: 'pinned', run: 'r', pool: 'p' },
      { kind: 'reused', run: 'r', task: 0, isReused: true },
      { kind: 'done', run: 'r', task: 1, isReused: false },
      { kind: 'completed', run: 'r', task: 2 },
    ]);
  });

  it('of a former version, whose noise images were no data set, has a specification that can be planned', () => {
    const spec = { kind: 'grid', grid: smallGrid(), slice: 512 };
    const rows = spec.grid.rows.map(({ fitSet, plans: { m: plan }, ...row }) => ({
      ...row,
      plans: { m: { ...plan, fit: fitSet === null ? 'none' : 'noise' } },
      noise: fitSet === null ? null : { blob: fitSet.ref.images, count: fitSet.count },
    }));
    const former = { ...spec, grid: { ...spec.grid, rows } };
    const submitted = { kind: 'submitted', run: 'r', spec: former };
    expect(decodeRecords(JSON.stringify([submitted]))).toEqual([{ ...submitted, spec }]);
    expect(() => planGrid(spec.grid, 512)).not.toThrow();
  });

  it('of a synthetic run keeps its specification', () => {
    const record = { kind: 'submitted', run: 'r', spec: { kind: 'synthetic', seed: 1 } };
    expect(decodeRecords(JSON.stringify([record]))).toEqual([record]);
  });

  it.each(['renamed', 'constructor', ''])(
    'with a record that this version does not know is refused: %j',
    (kind) => {
      expect(() => decodeRecords(JSON.stringify([{ kind, run: 'r' }]))).toThrow(
        expect.objectContaining({
          code: 'corrupt-data',
          message: expect.stringContaining('use the version that wrote it'),
        }),
      );
    },
  );
});
