import { type ConvOptions, conv2dMaxPool, conv2d as convLayer } from '../layers/conv2d.js';
import type { Pass } from '../layers/layer.js';
import type { Tensor } from '../tensors.js';
import type { ConvWeights, WeightReader } from '../weights.js';
import { type Module, requireChannels, sizeOf } from './module.js';

const BATCH_NORM_EPSILON = 1e-5;

export interface Conv2d {
  /** PyTorch name: `<name>.weight` [outputs, inputs, size, size], and `<name>.bias` [outputs] where there is no norm. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly size: number;
  readonly stride?: 1 | 2;
  /** Zeros on each side. */
  readonly padding?: number;
  /** Name of the batch normalisation behind it, which uses its running statistics and is folded into the weights. */
  readonly norm?: string;
  readonly isReluApplied?: boolean;
}

/** Convolution, batch normalisation where there is one, ReLU where it is applied. */
export function conv2d(conv: Conv2d): Module {
  const { name, inputs, outputs, size, stride = 1, padding = 0, norm } = conv;
  const parameters = new Map([[`${name}.weight`, [outputs, inputs, size, size]]]);
  if (norm === undefined) parameters.set(`${name}.bias`, [outputs]);
  else
    for (const part of ['weight', 'bias', 'running_mean', 'running_var'])
      parameters.set(`${norm}.${part}`, [outputs]);
  return {
    parameters,
    size: (input) => {
      requireChannels(name, input, 3, inputs);
      const [height = 0, width = 0] = input;
      const after = (length: number) => Math.floor((length + 2 * padding - size) / stride) + 1;
      return sizeOf([after(height), after(width), outputs]);
    },
    build: (reader) => convLayer(convOptions(conv, reader)),
  };
}

/** A convolution without padding and the max-pooling behind it in one step, with the same bits: see `Stage.withPrevious`. */
export const conv2dThenMaxPool =
  (conv: Conv2d, size: number) =>
  (reader: WeightReader): ((pass: Pass, x: Tensor) => Tensor) =>
    conv2dMaxPool(convOptions(conv, reader), size);

function convOptions(conv: Conv2d, reader: WeightReader): ConvOptions {
  const { name, stride = 1, padding = 0, isReluApplied = true } = conv;
  return { ...reader.convolution(name, () => convWeights(conv, reader)), stride, padding, isReluApplied };
}

function convWeights({ name, inputs, outputs, size, norm }: Conv2d, reader: WeightReader): ConvWeights {
  const shape: [number, number, number, number] = [outputs, inputs, size, size];
  const weight = reader.values(`${name}.weight`, shape);
  if (norm === undefined) {
    return {
      kernel: reader.convKernel(weight, shape),
      bias: reader.vector(reader.values(`${name}.bias`, [outputs])),
    };
  }
  const folded = foldNorm(weight, norm, outputs, reader);
  return { kernel: reader.convKernel(folded.kernel, shape), bias: reader.vector(folded.bias) };
}

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta as another kernel and bias. */
function foldNorm(weight: Float32Array, norm: string, outputs: number, reader: WeightReader) {
  const part = (name: string) => reader.values(`${norm}.${name}`, [outputs]);
  const [gamma, beta, mean, variance] = [
    part('weight'),
    part('bias'),
    part('running_mean'),
    part('running_var'),
  ];
  const kernel = Float32Array.from(weight);
  const bias = new Float32Array(outputs);
  const perOutput = kernel.length / outputs;
  for (let out = 0; out < outputs; out++) {
    const scale = (gamma[out] ?? Number.NaN) / Math.sqrt((variance[out] ?? Number.NaN) + BATCH_NORM_EPSILON);
    bias[out] = (beta[out] ?? Number.NaN) - (mean[out] ?? Number.NaN) * scale;
    for (let i = out * perOutput; i < (out + 1) * perOutput; i++)
      kernel[i] = (kernel[i] ?? Number.NaN) * scale;
  }
  return { kernel, bias };
}
