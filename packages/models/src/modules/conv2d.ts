import { type ConvOptions, conv2dMaxPool, conv2d as convLayer } from '../layers/conv2d.js';
import type { Pass } from '../layers/layer.js';
import type { Tensor } from '../tensors.js';
import type { ConvWeights, WeightReader } from '../weights.js';
import { normParameters, normTerms } from './batch-norm.js';
import { type Module, requireChannels, sizeOf } from './module.js';

export interface Conv2d {
  /** PyTorch name: `<name>.weight` [outputs, inputs, size, size], and `<name>.bias` [outputs] where there is neither norm nor `isBiasFree`. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly size: number;
  readonly stride?: 1 | 2;
  /** Zeros on each side. */
  readonly padding?: number;
  /** Name of the batch normalisation behind it, which uses its running statistics and is folded into the weights. */
  readonly norm?: string;
  readonly isBiasFree?: boolean;
  readonly isReluApplied?: boolean;
}

/** Convolution, batch normalisation where there is one, ReLU where it is applied. */
export function conv2d(conv: Conv2d): Module {
  const { name, inputs, outputs, size, stride = 1, padding = 0, norm, isBiasFree = false } = conv;
  const bias = norm === undefined ? new Map([[`${name}.bias`, [outputs]]]) : normParameters(norm, outputs);
  return {
    parameters: new Map([
      [`${name}.weight`, [outputs, inputs, size, size]],
      ...(isBiasFree && norm === undefined ? [] : bias),
    ]),
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

function convWeights(
  { name, inputs, outputs, size, norm, isBiasFree }: Conv2d,
  reader: WeightReader,
): ConvWeights {
  const shape: [number, number, number, number] = [outputs, inputs, size, size];
  const weight = reader.values(`${name}.weight`, shape);
  if (norm === undefined) {
    return {
      kernel: reader.convKernel(weight, shape),
      bias: reader.vector(
        isBiasFree === true ? new Float32Array(outputs) : reader.values(`${name}.bias`, [outputs]),
      ),
    };
  }
  const folded = foldNorm(weight, norm, outputs, reader);
  return { kernel: reader.convKernel(folded.kernel, shape), bias: reader.vector(folded.bias) };
}

/** A batch normalisation as another kernel and bias. */
function foldNorm(weight: Float32Array, norm: string, outputs: number, reader: WeightReader) {
  const { scale, shift } = normTerms(norm, outputs, reader);
  const perOutput = weight.length / outputs;
  const kernel = weight.map((value, i) => value * (scale[Math.floor(i / perOutput)] ?? Number.NaN));
  return { kernel, bias: Float32Array.from(shift) };
}
