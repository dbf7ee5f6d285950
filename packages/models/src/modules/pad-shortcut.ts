import { padShortcut as padLayer } from '../layers/pad-shortcut.js';
import { type Module, NO_PARAMETERS, requireChannels, sizeOf } from './module.js';

/** Every second row and column with zeros as further channels, as many before as behind: [h, w, inputs] to [h/2, w/2, outputs]. */
export const padShortcut = (inputs: number, outputs: number): Module => ({
  parameters: NO_PARAMETERS,
  size: (input) => {
    requireChannels('a shortcut', input, 3, inputs);
    const [height = 0, width = 0] = input;
    if (height % 2 !== 0 || width % 2 !== 0)
      throw new RangeError(`a shortcut takes every second pixel, but comes after [${input.join(', ')}]`);
    return sizeOf([height / 2, width / 2, outputs]);
  },
  build: () => padLayer((outputs - inputs) / 2),
});
