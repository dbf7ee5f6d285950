import { channelDropoutDense, dropout as dropoutLayer } from '../layers/dropout.js';
import { type Linear, linearParameters, readLinear } from './linear.js';
import { type Module, NO_PARAMETERS, product, requireChannels, sizeOf } from './module.js';

/** PyTorch's Dropout on [units]: drops single units; active in stochastic passes alone. `rate` is the share that is dropped. */
export const dropout = ({ rate, units }: { readonly rate: number; readonly units: number }): Module => ({
  parameters: NO_PARAMETERS,
  size: (input) => {
    requireChannels('dropout', input, 1, units);
    // The identity, but for stochastic passes, which are not traced.
    return { output: input, values: 0 };
  },
  build: (reader) => dropoutLayer(reader.addDropout({ rate, units })),
});

/** PyTorch's Dropout2d on [h, w, c], which drops whole channels, then flatten and `linear` with ReLU. */
export const dropout2dLinear = (
  {
    rate,
    input,
  }: { readonly rate: number; readonly input: readonly [height: number, width: number, channels: number] },
  linear: Linear,
): Module => ({
  parameters: linearParameters(linear),
  size: (shape) => {
    requireChannels(linear.name, shape, 3, input[2]);
    if (product(shape) !== linear.inputs)
      throw new RangeError(`${linear.name} takes ${linear.inputs} values, not [${shape.join(', ')}]`);
    return sizeOf([linear.outputs]);
  },
  build: (reader) => {
    const { weight, bias } = readLinear(linear, input, reader);
    return channelDropoutDense(reader.addDropout({ rate, units: input[2] }), weight, bias);
  },
});
