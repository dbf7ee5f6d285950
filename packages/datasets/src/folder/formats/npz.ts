import { openNpz } from '@oodgrid/formats';
import type { ArrayFile } from '../array-file.js';
import { arrayFormat } from '../array-format.js';

export const npzFile = (bytes: Uint8Array, path: string): ArrayFile => ({ path, ...openNpz(bytes, path) });

/** `test.npz` and `train.npz`, as numpy saves arrays by name. */
export const npz = arrayFormat('npz', npzFile);
