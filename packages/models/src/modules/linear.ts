import { dense } from '../layers/dense.js';
import type { LinearWeights, WeightReader } from '../weights.js';
import { type Module, product, requireChannels, type SampleShape, sizeOf } from './module.js';

export interface Linear {
  /** PyTorch name: `<name>.weight` [outputs, inputs] and `<name>.bias` [outputs]. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly isReluApplied?: boolean;
}

export const linearParameters = ({ name, inputs, outputs }: Linear) =>
  new Map([
    [`${name}.weight`, [outputs, inputs]],
    [`${name}.bias`, [outputs]],
  ]);

/** Fully connected layer on [inputs]. */
export const linear = (options: Linear): Module => ({
  parameters: linearParameters(options),
  size: (input) => {
    requireChannels(options.name, input, 1, options.inputs);
    return sizeOf([options.outputs]);
  },
  build: (reader) => {
    const { weight, bias } = readLinear(options, [options.inputs], reader);
    return dense(weight, bias, options.isReluApplied ?? false);
  },
});

/**
 * Weight [in, out] and bias [out]. Where `input` is [h, w, c], PyTorch flattened channel-major, and rows are put into the order of a
 * flattened [h, w, c].
 */
export function readLinear(
  { name, inputs, outputs }: Linear,
  input: SampleShape,
  reader: WeightReader,
): LinearWeights {
  const [height = 1, width = 1, channels = 1] = input.length === 1 ? [1, 1, ...input] : input;
  if (product(input) !== inputs)
    throw new RangeError(`${name} takes ${inputs} values, not [${input.join(', ')}]`);
  return reader.linear(name, () => ({
    weight: reader.denseKernel(reader.values(`${name}.weight`, [outputs, inputs]), outputs, [
      channels,
      height,
      width,
    ]),
    bias: reader.vector(reader.values(`${name}.bias`, [outputs])),
  }));
}
