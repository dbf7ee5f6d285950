import type { Layer } from '../layers/layer.js';
import { globalAveragePool as averageLayer, averagePool, maxPool } from '../layers/pooling.js';
import { type Module, NO_PARAMETERS, requireChannels, sizeOf } from './module.js';

const pool = (what: string, window: number, layer: Layer): Module => ({
  parameters: NO_PARAMETERS,
  size: (input) => {
    requireChannels(what, input, 3);
    const [height = 0, width = 0, channels = 0] = input;
    return sizeOf([Math.floor(height / window), Math.floor(width / window), channels]);
  },
  build: () => layer,
});

/** Non-overlapping max-pooling without padding. */
export const maxPool2d = (window: number): Module => pool('max-pooling', window, maxPool(window));

/** Means of non-overlapping windows, which divide height and width. */
export const averagePool2d = (window: number): Module => {
  const module = pool('average pooling', window, averagePool(window));
  return {
    ...module,
    size: (input) => {
      if (input.slice(0, 2).some((length) => length % window !== 0))
        throw new RangeError(`average pooling by ${window} comes after [${input.join(', ')}]`);
      return module.size(input);
    },
  };
};

/** Mean over height and width: [h, w, c] to [c]. */
export const globalAveragePool: Module = {
  parameters: NO_PARAMETERS,
  size: (input) => {
    requireChannels('average pooling', input, 3);
    return sizeOf(input.slice(2));
  },
  build: () => averageLayer,
};
