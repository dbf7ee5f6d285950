import { globalAveragePool as averageLayer, maxPool } from '../layers/pooling.js';
import { type Module, NO_PARAMETERS, requireChannels, sizeOf } from './module.js';

/** Non-overlapping max-pooling without padding. */
export const maxPool2d = (window: number): Module => ({
  parameters: NO_PARAMETERS,
  size: (input) => {
    requireChannels('max-pooling', input, 3);
    const [height = 0, width = 0, channels = 0] = input;
    return sizeOf([Math.floor(height / window), Math.floor(width / window), channels]);
  },
  build: () => maxPool(window),
});

/** Mean over height and width: [h, w, c] to [c]. */
export const globalAveragePool: Module = {
  parameters: NO_PARAMETERS,
  size: (input) => {
    requireChannels('average pooling', input, 3);
    return sizeOf(input.slice(2));
  },
  build: () => averageLayer,
};
