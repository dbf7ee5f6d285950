import type { Architecture } from '@oodgrid/models';
import { as1D, as2D, flattenSamples, type Tensor, type Tf } from '../backend/tensors.js';
import { firstNotFinite } from '../finite.js';
import type { FittedTensors, Method } from './method.js';

/** ||flat f_l(x) - F_l||_2, [n]: `tap` [n, ...], `singularity` [flattened length]. */
function distance(tf: Tf, tap: Tensor, singularity: Tensor): Tensor {
  return tf.tidy(() => tf.sqrt(tf.sum(tf.square(tf.sub(flattenSamples(tap), singularity)), 1)));
}

function singularityOf(fitted: FittedTensors, tap: string): Tensor {
  const found = fitted.get(`fss.${tap}`);
  if (found === undefined) throw new RangeError(`FSSD's fitted state has no singularity for ${tap}`);
  return found;
}

function layerDistances(
  tf: Tf,
  architecture: Architecture,
  fitted: FittedTensors,
  taps: ReadonlyMap<string, Tensor>,
) {
  const columns = architecture.layerTaps.map((name) => {
    const tap = taps.get(name);
    if (tap === undefined) throw new RangeError(`FSSD needs tap ${name}`);
    return distance(tf, tap, singularityOf(fitted, name));
  });
  return as2D(tf.stack(columns, 1), columns[0]?.size ?? 0, columns.length);
}

/**
 * Feature Space Singularity Distance: the distance of each layer's features from their mean over uniform
 * noise images. In-distribution samples lie farther away. With preprocessing, the input is first moved
 * along the batch-normalised gradient that enlarges the distance (no sign is taken).
 *
 * Huang et al., "Feature Space Singularity for Out-of-Distribution Detection", 2020, arXiv:2011.14654.
 */
export const fssd: Method = {
  name: 'fssd',
  forward: {
    taps: (architecture) => architecture.layerTaps,
    passes: () => 0,
    score: ({ tf, architecture, fitted, taps }) =>
      tf.tidy(() => layerDistances(tf, architecture, fitted, taps)),
  },
  gradient: {
    directions: (architecture) => architecture.layerTaps.map((tap) => ({ id: tap, tap, temperature: 1 })),
    // loss = -mean_batch ||f - F||, so d(loss)/d(f) = -(f - F) / (||f - F|| n)
    cotangent: ({ tf, fitted }, tap, direction) =>
      tf.tidy(() => {
        const [n = 0] = tap.shape;
        const offset = tf.sub(flattenSamples(tap), singularityOf(fitted, direction.tap));
        const length = tf.sqrt(tf.sum(tf.square(offset), 1, true));
        return tf.reshape(tf.neg(tf.div(tf.divNoNan(offset, length), n)), tap.shape);
      }),
    step: ({ tf }, gradient, std) =>
      tf.tidy(() => {
        const mean = tf.mean(gradient);
        const centred = tf.sub(gradient, mean);
        const sd = tf.sqrt(tf.div(tf.sum(tf.square(centred)), gradient.size - 1));
        return tf.div(tf.div(centred, sd), std);
      }),
    score: ({ tf, fitted }, tap, direction) => as1D(distance(tf, tap, singularityOf(fitted, direction.tap))),
  },
  fitTaps: (architecture) => architecture.layerTaps,
  fitter: (_tf, architecture) => {
    const sums = new Map<string, Float64Array>();
    let count = 0;
    return {
      add: (taps) => {
        for (const name of architecture.layerTaps) {
          const tap = taps.get(name);
          if (tap === undefined) throw new RangeError(`FSSD needs tap ${name}`);
          const values = tap.dataSync<'float32'>();
          const width = tap.size / (tap.shape[0] ?? 1);
          const sum = sums.get(name) ?? new Float64Array(width);
          for (let i = 0; i < values.length; i++) sum[i % width] = (sum[i % width] ?? 0) + (values[i] ?? 0);
          sums.set(name, sum);
          if (firstNotFinite(sum) >= 0) return name;
        }
        count += taps.get(architecture.layerTaps[0] ?? '')?.shape[0] ?? 0;
        return null;
      },
      finish: () =>
        new Map(
          [...sums].map(([name, sum]) => [
            `fss.${name}`,
            { shape: [sum.length], data: Float32Array.from(sum, (value) => value / count) },
          ]),
        ),
    };
  },
};
