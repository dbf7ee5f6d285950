import type { ResolvedGrid } from '@oodgrid/contract';
import { expect, it } from 'vitest';
import { planGrid } from '../src/index.js';
import { identified, identifiedChoice, identifiedSeries } from '../src/planner/identity.js';
import { PlanBuilder, type TaskHeader } from '../src/planner/plan-builder.js';
import { digest, smallGrid } from './small-plan.js';

const unit = {
  method: 'odin',
  revision: 1,
  options: {},
  fit: null,
  pass: 'gradient',
  candidates: { kind: 'listed', list: [{ magnitude: 0.1 }] },
  columns: 1,
  forwards: 1,
  gradients: 1,
} as const;
const header: TaskHeader = {
  kind: 'sweep',
  model: { name: 'm', architecture: 'lenet', weights: digest('a'), classes: 10 },
  data: { name: 'x/test', images: digest('b') },
  transform: { mean: [0], std: [1] },
  order: { kind: 'file' },
  from: 0,
  to: 500,
  batch: 512,
  seed: 42,
};
const internal = expect.objectContaining({ code: 'internal' });

it('a unit is another one when anything that goes into it is another', () => {
  const units: readonly (readonly [TaskHeader, Parameters<typeof identified>[1]])[] = [
    [header, unit],
    [header, { ...unit, fit: 'fit-1' }],
    [header, { ...unit, fit: 'fit-2' }],
    [header, { ...unit, candidates: { kind: 'listed', list: [{ magnitude: 0.2 }] } }],
    [header, { ...unit, candidates: { kind: 'chosen', choice: 'choice-1' } }],
    [header, { ...unit, pass: 'forward' }],
    [header, { ...unit, revision: 2 }],
    [header, { ...unit, options: { passes: 2 } }],
    [{ ...header, transform: { mean: [0.5], std: [1] } }, unit],
    [{ ...header, model: { ...header.model, weights: digest('c') } }, unit],
    [{ ...header, data: { name: 'x/test', images: digest('c') } }, unit],
    [{ ...header, seed: 1 }, unit],
    [{ ...header, to: 499 }, unit],
  ];
  expect(new Set(units.map(([task, one]) => identified(task, one).id)).size).toBe(units.length);
  expect(identified({ ...header }, { ...unit }).id).toBe(identified(header, unit).id);
});

it('two units, series or choices under one id are refused', () => {
  const builder = new PlanBuilder();
  const one = identified(header, unit);
  expect(builder.add(header, one)).toBe(builder.add({ ...header }, { ...one }, true));
  expect(builder.tasks).toHaveLength(1);
  expect(() => builder.add(header, { ...one, fit: 'another' })).toThrow(internal);
  expect(() => builder.add({ ...header, seed: 1 }, one)).toThrow(internal);

  const series = identifiedSeries({ columns: 1, parts: [{ unit: one.id, from: 0, to: 500 }] });
  expect(builder.addSeries(series)).toBe(builder.addSeries({ ...series }));
  expect(() => builder.addSeries({ ...series, columns: 2 })).toThrow(internal);

  const rows = { series: [series.id], cut: null };
  const sides = { id: rows, ood: rows };
  const choice = identifiedChoice({
    title: 'a',
    candidates: [{ magnitude: 0.1 }],
    fallbackCandidate: 0,
    columns: 1,
    fit: sides,
    select: sides,
  });
  builder.addChoice(choice);
  builder.addChoice({ ...choice, title: 'b' });
  expect(builder.choices.map(({ title }) => title)).toEqual(['a']);
  expect(() => builder.addChoice({ ...choice, columns: 2 })).toThrow(internal);
});

/** Two ID sets of one normalisation, each with a train set of its own, against one OOD set. */
function twoFits(): ResolvedGrid {
  const grid = smallGrid();
  const train = (name: string, char: string) => ({
    ref: { name: `${name}/train`, images: digest(char) },
    count: 3000,
  });
  const [id, ood] = grid.datasets;
  if (id === undefined || ood === undefined) throw new Error('no data sets');
  const rows = grid.rows
    .filter(({ row }) => row === 'fssd')
    .flatMap((row) =>
      Object.values(row.plans).map((plan) => ({ ...row, plans: { m: { ...plan, fit: 'train' as const } } })),
    );
  return {
    ...grid,
    rows,
    datasets: [
      { ...id, train: train('id', '1') },
      {
        ...id,
        name: 'id2',
        test: { ...id.test, ref: { name: 'id2/test', images: digest('2') } },
        train: train('id2', '3'),
      },
      ood,
    ],
    pairs: [
      { id: 'id', ood: 'ood' },
      { id: 'id2', ood: 'ood' },
    ],
  };
}

it('an OOD set is swept and scored once for each fit that a pair has', () => {
  const plan = planGrid(twoFits(), 4096);
  const fits = plan.tasks.filter(({ kind }) => kind === 'fit').flatMap(({ units }) => units);
  expect(fits).toHaveLength(2);
  const onOod = plan.tasks
    .filter(({ kind, data }) => kind !== 'fit' && data.name === 'ood/test')
    .flatMap(({ kind, from, units }) => units.map(({ fit }) => `${kind} ${from} ${fit}`));
  const places = ['sweep 0', 'sweep 500', 'score 1000'];
  expect(onOod.sort()).toEqual(places.flatMap((place) => fits.map(({ id }) => `${place} ${id}`)).sort());
});

it('a data set that a method brings is fitted on once, whatever the ID sets and their normalisations', () => {
  const grid = smallGrid();
  const [id, ood] = grid.datasets;
  if (id === undefined || ood === undefined) throw new Error('no data sets');
  const other = { ...id, name: 'id2', normalisation: { mean: [0.5], std: [0.5] } };
  const pairs = ['id', 'id2'].map((one) => ({ id: one, ood: 'ood' }));
  const plan = planGrid({ ...grid, datasets: [id, other, ood], pairs }, 512);
  const fits = plan.tasks.filter(({ kind }) => kind === 'fit');
  expect(fits.map(({ data, transform, from, to }) => ({ data, transform, from, to }))).toEqual([
    { data: { name: 'noise', images: digest('e') }, transform: { offset: 127.5 }, from: 0, to: 100 },
  ]);
  expect(plan.tasks.filter(({ needs }) => needs.includes(fits[0]?.units[0]?.id ?? ''))).not.toHaveLength(0);
});

it('names that join to the same text are different pairs', () => {
  const grid = smallGrid();
  const [id, ood] = grid.datasets;
  if (id === undefined || ood === undefined) throw new Error('no data sets');
  const named = (name: string, char: string) => ({
    ...id,
    name,
    test: { ...id.test, ref: { name: `${name}/test`, images: digest(char) } },
  });
  const plan = planGrid(
    {
      ...grid,
      datasets: [named('x', '1'), named('y:z', '2'), named('x:y', '3'), named('z', '4')],
      pairs: [
        { id: 'x', ood: 'y:z' },
        { id: 'x:y', ood: 'z' },
      ],
      rows: grid.rows.filter(({ row }) => row === 'odin'),
    },
    4096,
  );
  expect(plan.choices).toHaveLength(2);
  expect(new Set(plan.cells.map(({ choice }) => choice)).size).toBe(2);
  expect(new Set(plan.choices.flatMap(({ fit }) => [fit.id, fit.ood])).size).toBe(4);
});

it('a grid that has a row, a model, a set or a pair twice is refused', () => {
  const grid = smallGrid();
  const twice = <T>(list: readonly T[]) => [...list, ...list.slice(0, 1)];
  for (const part of ['rows', 'models', 'datasets', 'pairs'] as const) {
    expect(() => planGrid({ ...grid, [part]: twice<unknown>(grid[part]) }, 512)).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining('twice') }),
    );
  }
});
