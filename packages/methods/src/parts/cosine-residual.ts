import type { Batch, Fit, Tensor1D } from '../method.js';
import { columnMeans } from './column-means.js';
import { directions } from './directions.js';
import { axesFor, explainedAxes } from './explained-axes.js';
import { keepPenultimate } from './keep-penultimate.js';
import { as1D, as2D, flatten } from './shapes.js';
import { unitRows } from './unit-rows.js';

/** Mean and principal axes of the directions of the train features. */
export const fitDirections: Fit = {
  on: 'train',
  collect: keepPenultimate,
  solve: (kept, { facts: { penultimate, features: d } }) => {
    const h = kept(penultimate);
    const u = { ...h, data: unitRows(h) };
    const mean = columnMeans(u);
    return { mean: { shape: [d], data: mean }, ...explainedAxes(u, Float64Array.from(mean)) };
  },
};

/** Length of what h / ||h|| - mean has beyond the axes that explain a share of the train set's variance, [n]. */
export const directionResidual = ({
  ops,
  facts,
  tap,
  state,
  setting: { share },
}: Batch<{ readonly share: number }>): Tensor1D =>
  ops.tidy(() => {
    const u = directions(ops, flatten(ops, tap(facts.penultimate)));
    const [n, d] = u.shape;
    const count = axesFor(state('shares'), share);
    if (count === d) return ops.zeros([n]);
    const beyond = ops.slice(state('axes'), [count, 0], [d - count, d]);
    const residual = ops.matMul(as2D(ops, ops.sub(u, state('mean')), n, d), beyond, false, true);
    return as1D(ops, ops.norm(residual, 2, 1));
  });
