import { z } from 'zod';
import { defineMethod, type Tensor } from './method.js';
import { columnMeans } from './parts/column-means.js';
import { magnitudesOption, PAPER_MAGNITUDES } from './parts/magnitudes.js';
import { noiseSchema } from './parts/noise.js';
import { flatten } from './parts/shapes.js';

/**
 * Feature Space Singularity Distance: the distance of each layer's features from their mean over uniform
 * noise images. In-distribution samples lie farther away. With preprocessing, the input is first moved
 * along the batch-normalised gradient that enlarges the distance (no sign is taken).
 */
export const fssd = defineMethod({
  name: 'fssd',
  revision: 1,
  card: {
    title: 'FSSD',
    score: 'per layer: ||f - F||, F the mean feature of noise images, combined by a logistic regression',
    cost: 'O(D) a sample and layer, a gradient and a pass a layer and magnitude',
    cites: {
      authors: 'Haiwen Huang and Zhihan Li and Lulu Wang and Sishuo Chen and Bin Dong and Xinyu Zhou',
      title: 'Feature Space Singularity for Out-of-Distribution Detection',
      year: 2020,
      arxiv: '2011.14654',
    },
  },
  config: z.strictObject({
    preprocessing: z.boolean().default(true).meta({ title: 'move the input along the gradient first' }),
    magnitudes: magnitudesOption(PAPER_MAGNITUDES),
    noise: noiseSchema.default('paper').meta({ title: '"paper", {npz: file} or {seed: number}' }),
  }),
  fitSet: 'noise',
  isPerturbed: ({ preprocessing }) => preprocessing,
  sweep: ({ preprocessing, magnitudes }) =>
    preprocessing
      ? { settings: magnitudes.map((magnitude) => ({ magnitude })), fallback: magnitudes.length - 1 }
      : undefined,
  setting: z.object({ magnitude: z.number().default(0) }),
  needs: ({ layers }) => ({ taps: layers }),
  columns: ({ layers }) => layers,
  fit: {
    on: { images: 'noise images', offset: 127.5 },
    collect: ({ ops, facts, tap }) =>
      Object.fromEntries(facts.layers.map((layer) => [layer, flatten(ops, tap(layer))])),
    solve: (kept, { facts }) =>
      Object.fromEntries(
        facts.layers.map((layer) => [
          `fss.${layer}`,
          { shape: [kept(layer).columns], data: columnMeans(kept(layer)) },
        ]),
      ),
  },
  perturb: {
    probe: (layer, { magnitude }) => ({ key: layer, tap: layer, magnitude }),
    // loss = -mean_batch ||f - F||, so d(loss)/d(f) = -(f - F) / (||f - F|| n)
    cotangent: ({ ops, tap, state }, layer) =>
      ops.tidy(() => {
        const [n = Number.NaN] = tap(layer).shape;
        const offset = ops.sub(flatten(ops, tap(layer)), state(`fss.${layer}`));
        const length = ops.sqrt(ops.sum(ops.square(offset), 1, true));
        return ops.reshape(ops.neg(ops.div(ops.divNoNan(offset, length), n)), tap(layer).shape);
      }),
    step: (ops, gradient, std): Tensor =>
      ops.tidy(() => {
        const mean = ops.mean(gradient);
        const centred = ops.sub(gradient, mean);
        const sd = ops.sqrt(ops.div(ops.sum(ops.square(centred)), gradient.size - 1));
        return ops.div(ops.div(centred, sd), std);
      }),
  },
  score: ({ ops, tap, state }, layer) =>
    ops.tidy(() =>
      ops.sqrt(ops.sum(ops.square(ops.sub(flatten(ops, tap(layer)), state(`fss.${layer}`))), 1)),
    ),
});
