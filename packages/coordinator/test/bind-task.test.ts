import { digestOfJson, type ResolvedGrid } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { planGrid } from '../src/index.js';
import { bindTask } from '../src/planner/bind-task.js';
import { digest, smallGrid } from './small-plan.js';

const NONE = { fitted: new Map(), chosen: new Map() };

/** Cache keys of the first sweep of ODIN. */
function keys(grid: ResolvedGrid, numericsClass = 'x') {
  const task = planGrid(grid, 512).tasks.find(
    ({ kind, units }) => kind === 'sweep' && units[0]?.method === 'odin',
  );
  if (task === undefined) throw new Error('no sweep');
  return bindTask(task, NONE, numericsClass).units.map(({ spec }) => spec.key);
}

describe('cache keys', () => {
  const grid = smallGrid();
  const [model] = grid.models;
  if (model === undefined) throw new Error('no model');

  it('are the same for the same content under other names', () => {
    const renamed = {
      ...grid,
      name: 'else',
      datasets: grid.datasets.map((set) => ({
        ...set,
        test: { ...set.test, ref: { ...set.test.ref, name: 'renamed' } },
      })),
    };
    expect(keys(renamed)).toEqual(keys(grid));
  });

  it.each<[string, Partial<ResolvedGrid>]>([
    ['the seed', { seed: 1 }],
    ['the weights', { models: [{ ...model, weights: digest('f') }] }],
    [
      'the images',
      {
        datasets: grid.datasets.map((set) => ({
          ...set,
          test: { ...set.test, ref: { ...set.test.ref, images: digest('f') } },
        })),
      },
    ],
    [
      'the normalisation',
      { datasets: grid.datasets.map((set) => ({ ...set, normalisation: { mean: [0.1], std: [1] } })) },
    ],
  ])('change with %s', (_what, change) => {
    expect(keys({ ...grid, ...change })).not.toEqual(keys(grid));
  });

  it('are made of what they always were, so that results of former versions are found', () => {
    const [id] = grid.datasets;
    const [, , row] = grid.rows;
    const plan = row?.plans.m;
    const content = {
      numericsClass: 'x',
      kind: 'sweep',
      method: 'odin',
      revision: plan?.revision,
      options: plan?.options,
      candidates: plan?.candidates,
      fitted: null,
      architecture: model.architecture,
      classes: model.classes,
      weights: model.weights,
      images: id?.test.ref.images,
      noise: null,
      transform: id?.normalisation,
      order: { kind: 'numpy-permutation', seed: 42 },
      from: 0,
      to: 500,
      batch: 512,
      seed: 42,
    };
    expect(keys(grid)).toEqual([digestOfJson(content)]);
  });

  it('change with the numerics class', () => {
    expect(keys(grid, 'y')).not.toEqual(keys(grid, 'x'));
  });
});
