import { philoxWords } from '@oodgrid/stats';
import { z } from 'zod';
import { defineMethod, type Ops, type Tensor2D } from './method.js';
import { columnMeans } from './parts/column-means.js';
import { directions } from './parts/directions.js';
import { drawnNormals } from './parts/drawn-normals.js';
import { axesFor, explainedAxes, shareSetting, shareSweep, sharesOption } from './parts/explained-axes.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

/** The authors' kernel for CIFAR-10, and a quarter of their number of random features. */
const GAMMA = 2;
const COUNT = 512;

/** sqrt(2 / COUNT) cos(V u + phase) of directions u [n, d], V normal of variance 2 GAMMA: [n, COUNT]; drawn by chance, always the same. */
function randomFeatures(ops: Ops, h: Tensor2D): Tensor2D {
  return ops.tidy(() => {
    const u = directions(ops, h);
    const [n, d] = u.shape;
    const scale = Math.sqrt(2 * GAMMA);
    const projection = Float32Array.from(drawnNormals(2, COUNT * d), (value) => scale * value);
    const words = philoxWords({ seed: 1, stream: 3, counter: [0, 0] }, COUNT);
    const phases = Float32Array.from(words, (word) => (2 * Math.PI * word) / 2 ** 32);
    const angles = ops.add(ops.matMul(u, ops.tensor2d(projection, [COUNT, d]), false, true), phases);
    return as2D(ops, ops.mul(ops.cos(angles), Math.sqrt(2 / COUNT)), n, COUNT);
  });
}

/** What random Fourier features of the direction have outside the principal space of those of the train set: kernel PCA with a Gaussian kernel. */
export const corp = defineMethod({
  name: 'corp',
  revision: 1,
  card: {
    title: 'CoRP',
    score:
      '-||R (g - mean)||, g = sqrt(2 / M) cos(V h / ||h|| + phase) random Fourier features, R the axes beyond the principal ones',
    cites: {
      authors: 'Kun Fang and Qinghua Tao and Kexin Lv and Mingzhen He and Xiaolin Huang and Jie Yang',
      title: 'Kernel PCA for Out-of-Distribution Detection',
      year: 2024,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2402.02949',
    },
    cost: 'O(M D + M^2) a sample, M = 512 random features; fit O(N M^2 + M^3)',
    quarrels: [
      'The code draws 2,048 random features without a seed, 4,096 for ImageNet; here 512 are drawn by a counter-based generator.',
      'The width of the kernel is that of ResNet-18 on CIFAR-10 there, gamma 2; the share of .80 too.',
    ],
  },
  config: z.strictObject({ shares: sharesOption([0.8]) }),
  sweep: shareSweep,
  setting: z.object({ share: shareSetting }),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: {
    on: 'train',
    collect: ({ ops, facts, tap }) => ({
      random: randomFeatures(ops, flatten(ops, tap(facts.penultimate))),
    }),
    solve: (kept) => {
      const g = kept('random');
      const mean = columnMeans(g);
      return { mean: { shape: [COUNT], data: mean }, ...explainedAxes(g, Float64Array.from(mean)) };
    },
  },
  score: ({ ops, facts, tap, state, setting: { share } }) =>
    ops.tidy(() => {
      const g = randomFeatures(ops, flatten(ops, tap(facts.penultimate)));
      const count = Math.min(COUNT - 1, axesFor(state('shares'), share));
      const beyond = ops.slice(state('axes'), [count, 0], [COUNT - count, COUNT]);
      const off = as2D(ops, ops.sub(g, state('mean')), g.shape[0], COUNT);
      return as1D(ops, ops.neg(ops.norm(ops.matMul(off, beyond, false, true), 2, 1)));
    }),
});
