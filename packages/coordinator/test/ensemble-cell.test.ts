import { describe, expect, it } from 'vitest';
import { planGrid } from '../src/index.js';
import { seriesOf } from '../src/merger/merge-input.js';
import { smallGrid } from './small-plan.js';

describe('ensembles of rows', () => {
  it('add a cell for each pair and model and no task', () => {
    const { rows, ...grid } = smallGrid();
    const file = rows.filter(({ plans }) => plans.m?.splitOrder === 'file').slice(0, 1);
    const [own] = file;
    if (own === undefined) throw new Error('the grid has no row in file order');
    const twins = [own, { ...own, row: 'twin' }];
    const alone = planGrid({ ...grid, rows: twins }, 512);
    const plan = planGrid(
      { ...grid, rows: twins, ensembles: [{ name: 'both', rows: [own.row, 'twin'] }] },
      512,
    );
    expect(plan.tasks).toEqual(alone.tasks);
    expect(plan.cells).toHaveLength(alone.cells.length * 1.5);
    const cell = plan.cells.find(({ row }) => row === 'both');
    const first = plan.cells.find(({ row }) => row === own.row);
    if (cell === undefined || first === undefined) throw new Error('no such cell');
    expect(new Set(seriesOf(cell, new Map()))).toEqual(new Set(seriesOf(first, new Map())));
  });

  it('of rows that the protocol tests on different samples are refused', () => {
    const grid = smallGrid();
    const ensembles = [{ name: 'mixed', rows: grid.rows.map(({ row }) => row) }];
    expect(() => planGrid({ ...grid, ensembles }, 512)).toThrow(
      /ensembles\.mixed: protocol fssd-paper tests "\w+" and "\w+" on different samples/,
    );
  });

  it('may not be called as a row, and name rows that are there', () => {
    const { rows, ...grid } = smallGrid();
    const [row] = rows;
    if (row === undefined) throw new Error('no row');
    const named = (name: string, members: string[]) => ({
      ...grid,
      rows,
      ensembles: [{ name, rows: members }],
    });
    expect(() => planGrid(named(row.row, [row.row, row.row]), 512)).toThrow(`has the row "${row.row}" twice`);
    expect(() => planGrid(named('other', ['none', row.row]), 512)).toThrow(
      'ensembles.other: there is no row "none"',
    );
  });
});
