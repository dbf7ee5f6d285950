import { normRelu as normReluLayer } from '../layers/norm-relu.js';
import type { WeightReader } from '../weights.js';
import { type Module, type Parameters, requireChannels, sizeOf } from './module.js';

const EPSILON = 1e-5;

/** What a batch normalisation of PyTorch reads. */
export const normParameters = (name: string, channels: number): Parameters =>
  new Map(
    ['weight', 'bias', 'running_mean', 'running_var'].map((part) => [`${name}.${part}`, [channels]] as const),
  );

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta as x scale + shift, float64. */
export function normTerms(name: string, channels: number, reader: WeightReader) {
  const part = (of: string) => reader.values(`${name}.${of}`, [channels]);
  const [gamma, beta, mean, variance] = [
    part('weight'),
    part('bias'),
    part('running_mean'),
    part('running_var'),
  ];
  const scale = Float64Array.from(
    gamma,
    (value, c) => value / Math.sqrt((variance[c] ?? Number.NaN) + EPSILON),
  );
  const shift = Float64Array.from(
    beta,
    (value, c) => value - (mean[c] ?? Number.NaN) * (scale[c] ?? Number.NaN),
  );
  return { scale, shift };
}

/** Batch normalisation with its running statistics, and ReLU, of an input that others use as it is. */
export const normRelu = (name: string, channels: number): Module => ({
  parameters: normParameters(name, channels),
  size: (input) => {
    requireChannels(name, input, 3, channels);
    return sizeOf(input);
  },
  build: (reader) => {
    const { scale, shift } = normTerms(name, channels, reader);
    return normReluLayer({
      scale: reader.vector(Float32Array.from(scale)),
      shift: reader.vector(Float32Array.from(shift)),
    });
  },
});
