import { shape4 } from '@oodgrid/models';
import { z } from 'zod';
import { defineMethod, type FitBatch, type Ops, type State, type Tensor, type Tensor2D } from './method.js';
import { magnitudesOption } from './parts/magnitudes.js';
import { as1D, as2D, as4D } from './parts/shapes.js';
import { signStep } from './parts/sign-step.js';
import { tiedGaussian } from './parts/tied-gaussian.js';

/**
 * Spatial mean of a tap: [n, h, w, c] to [n, c]; a 2-D tap as it is. Rows first, then columns: two short
 * float32 sums round less than one long one, and the precision matrix magnifies what is lost here.
 */
function pooled(ops: Ops, tap: Tensor): Tensor2D {
  const [n = Number.NaN] = tap.shape;
  return ops.tidy(() =>
    as2D(ops, tap.rank === 4 ? ops.mean(ops.mean(tap, 2), 1) : tap, n, tap.shape.at(-1) ?? Number.NaN),
  );
}

type LayerBatch = Pick<FitBatch, 'ops' | 'tap'> & { state(name: string): Tensor };

/** -1/2 (f - mu_c)' P (f - mu_c) of every class: [n, classes]. */
function classScores({ ops, state }: LayerBatch, f: Tensor2D, layer: string): Tensor2D {
  return ops.tidy(() => {
    const precision = as2D(ops, state(`precision.${layer}`), f.shape[1], f.shape[1]);
    const classes = ops.unstack(state(`means.${layer}`)).map((mean) => {
      const z: Tensor2D = ops.sub(f, mean);
      return ops.mul(ops.sum(ops.mul(ops.matMul(z, precision), z), 1), -0.5);
    });
    return as2D(ops, ops.stack(classes, 1), f.shape[0], classes.length);
  });
}

/**
 * Mahalanobis distance to the closest class mean under one tied covariance per layer; the input is first
 * moved against the sign of the gradient of the closest class's distance, a gradient and a pass per layer.
 */
export const mahalanobis = defineMethod({
  name: 'mahalanobis',
  revision: 1,
  card: {
    title: 'Mahalanobis',
    score: "per layer: max over classes of -1/2 (f - mu)' P (f - mu), combined by a logistic regression",
    cost: 'O(C D^2) a sample and layer, a gradient and a pass a layer and magnitude; fit O(N D^2 + D^3)',
    cites: {
      authors: 'Kimin Lee and Kibok Lee and Honglak Lee and Jinwoo Shin',
      title: 'A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks',
      year: 2018,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '1807.03888',
      at: 'eq. 1-3',
    },
  },
  config: z.strictObject({
    magnitudes: magnitudesOption([
      0.02, 0.015, 0.01, 0.009, 0.008, 0.007, 0.006, 0.005, 0.004, 0.003, 0.002, 0.0014, 0.001, 0.0005,
    ]),
  }),
  sweep: ({ magnitudes }) => ({
    settings: magnitudes.map((magnitude) => ({ magnitude })),
    fallback: magnitudes.length - 1,
  }),
  setting: z.object({ magnitude: z.number() }),
  needs: ({ layers }) => ({ taps: layers }),
  columns: ({ layers }) => layers,
  fit: {
    on: 'train',
    needsLabels: 'every-class',
    collect: ({ ops, facts, tap }) =>
      Object.fromEntries(facts.layers.map((layer) => [layer, pooled(ops, tap(layer))])),
    solve: (kept, { facts, labels }) => {
      const state: Record<string, State[string]> = {};
      for (const layer of facts.layers) {
        const features = kept(layer);
        const { means, precision } = tiedGaussian(layer, features, labels, facts.classes);
        state[`means.${layer}`] = { shape: [facts.classes, features.columns], data: means };
        state[`precision.${layer}`] = { shape: [features.columns, features.columns], data: precision };
      }
      return state;
    },
  },
  perturb: {
    probe: (layer, { magnitude }) => ({ key: layer, tap: layer, magnitude }),
    // loss = mean_batch 1/2 (f - mu)' P (f - mu) of the closest class: d(loss)/d(f) = P (f - mu) / n
    cotangent: (batch, layer) => {
      const { ops, state } = batch;
      return ops.tidy(() => {
        const tap = batch.tap(layer);
        const f = pooled(ops, tap);
        const precision = as2D(ops, state(`precision.${layer}`), f.shape[1], f.shape[1]);
        const closest = as1D(ops, ops.argMax(classScores(batch, f, layer), 1));
        const z: Tensor2D = ops.sub(f, ops.gather(state(`means.${layer}`), closest));
        const df = ops.div(ops.matMul(z, precision), f.shape[0]);
        if (tap.rank !== 4) return df;
        const [n, height, width, channels] = shape4(tap);
        return ops.tile(as4D(ops, ops.div(df, height * width), [n, 1, 1, channels]), [1, height, width, 1]);
      });
    },
    step: signStep,
  },
  score: (batch, layer) =>
    batch.ops.tidy(() => {
      const { ops, tap } = batch;
      return as1D(ops, ops.max(classScores(batch, pooled(ops, tap(layer)), layer), 1));
    }),
});
