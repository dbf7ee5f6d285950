import { openNpz } from '@oodgrid/formats';
import { arrayFormat } from '../array-format.js';

/** `test.npz` and `train.npz`, as numpy saves arrays by name. */
export const npz = arrayFormat('npz', (bytes, path) => ({ path, ...openNpz(bytes, path) }));
