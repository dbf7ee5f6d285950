import { digestSchema } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { planGrid } from '../src/index.js';
import { smallGrid } from './small-plan.js';

/** The small grid with one more set, which shifts its ID set. */
const shiftedGrid = (protocol: string) => {
  const grid = smallGrid();
  const [set] = grid.datasets;
  if (set === undefined) throw new Error('the grid has no data set');
  const ref = { ...set.test.ref, name: 'shift/test' };
  const { train: _train, ...rest } = set;
  const shift = { ...rest, name: 'shift', test: { ...set.test, ref } };
  return { ...grid, protocol, datasets: [...grid.datasets, shift], fullSpectrum: ['shift'] };
};

describe('a full spectrum', () => {
  it('adds passes over the shifted sets alone, and their accuracies', () => {
    const { fullSpectrum: _none, ...without } = shiftedGrid('raw');
    const [plain, full] = [planGrid(without, 512), planGrid(shiftedGrid('raw'), 512)];
    const others = full.tasks.filter(({ data }) => data.name !== 'shift/test');
    const contents = (tasks: typeof plain.tasks) => tasks.map(({ id: _numbered, ...task }) => task);
    expect(contents(others)).toEqual(expect.arrayContaining(contents(plain.tasks)));
    expect(others).toHaveLength(plain.tasks.length);
    expect(full.cells.every(({ shifted }) => shifted?.length === 1)).toBe(true);
    const own = full.accuracies.filter(({ isShifted }) => isShifted === true);
    expect(new Set(own.map(({ id }) => id))).toEqual(new Set(['shift']));
    expect(own).toHaveLength(full.accuracies.length / 2);
  });

  it('is refused where rows are tested on different samples, and for scores that came from elsewhere', () => {
    expect(() => planGrid(shiftedGrid('fssd-paper'), 512)).toThrow(
      /fullSpectrum: protocol fssd-paper tests "[\w-]+" and "[\w-]+" on different samples/,
    );
    const { rows, ...grid } = shiftedGrid('raw');
    const sets = Object.fromEntries(
      grid.datasets.map(({ name }) => [name, digestSchema.parse('1'.repeat(64))]),
    );
    const ofId = Object.fromEntries(grid.pairs.map(({ id }) => [id, sets]));
    const scores = Object.fromEntries(grid.models.map(({ name }) => [name, ofId]));
    const given = { row: 'given', title: 'given', plans: {}, fitSet: null, scores };
    expect(() => planGrid({ ...grid, rows: [...rows, given] }, 512)).toThrow(
      'fullSpectrum: row "given" brings scores of "id" and OOD sets alone',
    );
  });
});

it('a task of scores has units with gradients or without, also where both read the file’s order', () => {
  const { tasks } = planGrid({ ...smallGrid(), protocol: 'raw' }, 512);
  const passes = tasks
    .filter(({ kind }) => kind === 'score')
    .map(({ units }) => new Set(units.map(({ pass }) => pass)));
  expect(passes.every(({ size }) => size === 1)).toBe(true);
  expect(new Set(passes.flatMap((pass) => [...pass]))).toEqual(new Set(['forward', 'gradient']));
});
