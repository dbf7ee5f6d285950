import { OodError } from '@oodgrid/protocol';
import { as1D, as2D, as4D, type Tensor, type Tensor2D, type Tf } from '../backend/tensors.js';
import { firstNotFinite } from '../finite.js';
import type { FittedTensors, Method } from './method.js';
import { signStep } from './sign-step.js';
import { TiedGaussian } from './tied-gaussian.js';

/**
 * Spatial mean of a tap: [n, h, w, c] to [n, c]; a 2-D tap as it is. Rows first, then columns: two short
 * float32 sums round less than one long one, and the precision matrix magnifies what is lost here.
 */
function pooled(tf: Tf, tap: Tensor): Tensor2D {
  const [n = 0] = tap.shape;
  return tf.tidy(() => as2D(tap.rank === 4 ? tf.mean(tf.mean(tap, 2), 1) : tap, n, tap.shape.at(-1) ?? 0));
}

interface LayerState {
  /** [classes, d] */
  readonly means: Tensor;
  /** [d, d] */
  readonly precision: Tensor;
}

function layerState(fitted: FittedTensors, tap: string): LayerState {
  const means = fitted.get(`means.${tap}`);
  const precision = fitted.get(`precision.${tap}`);
  if (means === undefined || precision === undefined)
    throw new RangeError(`Mahalanobis has no fitted state for ${tap}`);
  return { means, precision };
}

/** -1/2 (f - mu_c)' P (f - mu_c) of every class: [n, classes]. */
function classScores(tf: Tf, f: Tensor2D, { means, precision }: LayerState): Tensor2D {
  return tf.tidy(() => {
    const classes = tf.unstack(means).map((mean) => {
      const z = tf.sub(f, mean);
      return tf.mul(tf.sum(tf.mul(tf.matMul(z, precision), z), 1), -0.5);
    });
    return as2D(tf.stack(classes, 1), f.shape[0], classes.length);
  });
}

/**
 * Mahalanobis distance to the closest class mean under one tied covariance per layer; the input is first
 * moved against the sign of the gradient of the closest class's distance, a gradient and a pass per layer.
 *
 * Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial
 * Attacks", 2018, arXiv:1807.03888, eq. 1-3.
 */
export const mahalanobis: Method = {
  name: 'mahalanobis',
  gradient: {
    directions: (architecture) => architecture.layerTaps.map((tap) => ({ id: tap, tap, temperature: 1 })),
    // loss = mean_batch 1/2 (f - mu)' P (f - mu) of the closest class: d(loss)/d(f) = P (f - mu) / n
    cotangent: ({ tf, fitted }, tap, direction) =>
      tf.tidy(() => {
        const state = layerState(fitted, direction.tap);
        const f = pooled(tf, tap);
        const closest = as1D(tf.argMax(classScores(tf, f, state), 1));
        const z = tf.sub(f, tf.gather(state.means, closest));
        const df = tf.div(tf.matMul(z, state.precision), f.shape[0]);
        if (tap.rank !== 4) return df;
        const [n = 0, height = 1, width = 1, channels = 1] = tap.shape;
        return tf.tile(as4D(tf.div(df, height * width), [n, 1, 1, channels]), [1, height, width, 1]);
      }),
    step: ({ tf }, gradient, std) => signStep(tf, gradient, std),
    score: ({ tf, fitted }, tap, direction) =>
      tf.tidy(() => as1D(tf.max(classScores(tf, pooled(tf, tap), layerState(fitted, direction.tap)), 1))),
  },
  fitTaps: (architecture) => architecture.layerTaps,
  fitter: (tf, architecture, classes) => {
    const layers = new Map<string, TiedGaussian>();
    return {
      add: (taps, labels) => {
        if (labels === null) throw new OodError('invalid-input', 'Mahalanobis needs labels of the train set');
        for (const name of architecture.layerTaps) {
          const tap = taps.get(name);
          if (tap === undefined) throw new RangeError(`Mahalanobis needs tap ${name}`);
          const layer = layers.get(name) ?? new TiedGaussian(classes, tap.shape.at(-1) ?? 0);
          const features = tf.tidy(() => pooled(tf, tap).dataSync<'float32'>());
          if (firstNotFinite(features) >= 0) return name;
          layer.add(features, labels);
          layers.set(name, layer);
        }
        return null;
      },
      finish: () => {
        const state = new Map<string, { shape: readonly number[]; data: Float32Array }>();
        for (const [name, layer] of layers) {
          const { means, precision } = layer.fit(name);
          state.set(`means.${name}`, { shape: [classes, layer.width], data: means });
          state.set(`precision.${name}`, { shape: [layer.width, layer.width], data: precision });
        }
        return state;
      },
    };
  },
};
