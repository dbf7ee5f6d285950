import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { planGrid } from '../src/index.js';
import { mergeBatches } from '../src/merger/merge-batches.js';
import { makeWorkloadInTurns } from '../src/workload/make-workload.js';
import { smallGrid } from './small-plan.js';

describe('batches of cells', () => {
  const [cell] = planGrid(smallGrid(), 512).cells;
  if (cell === undefined) throw new Error('no cell');
  const cells = (count: number, samples: number) =>
    Array.from({ length: count }, () => ({
      ...cell,
      sides: { id: { ...cell.sides.id, count: samples }, ood: { ...cell.sides.ood, count: samples } },
    }));

  it.each([
    [0, 2000, 0],
    [100, 1001, 2],
    [100, 11_000, 6],
    [3, 2_000_000, 3],
  ])('%i cells of 2 x %i samples are %i batches, each cell in one', (count, samples, expected) => {
    const batches = mergeBatches(cells(count, samples));
    expect(batches).toHaveLength(expected);
    expect(batches.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual(
      Array.from({ length: count }, (_, i) => i),
    );
  });
});

describe('planning in turns', () => {
  it('lets others be answered, and gives the same plan', async () => {
    const one = smallGrid();
    const rows = Array.from({ length: 400 }, (_, i) =>
      one.rows.map((row) => ({ ...row, row: `${row.row}-${i}`, title: `${row.title} ${i}` })),
    ).flat();
    const grid = { ...one, rows };
    const submitted = {
      kind: 'submitted',
      run: 'r',
      name: 'r',
      at: '2026-11-25T00:00:00.000Z',
      idempotencyKey: null,
      priority: 0,
      pool: null,
      isCacheUsed: true,
      spec: { kind: 'grid', grid, slice: 512 },
    } as const;
    let turns = 0;
    const workload = await makeWorkloadInTurns(submitted, async () => {
      turns++;
      await setImmediate();
    });
    expect(turns).toBeGreaterThan(0);
    expect(workload.tasks).toEqual(planGrid(grid, 512).tasks);
  });
});
