import { OodError } from '@oodgrid/contract';
import { parseMat5 } from '@oodgrid/formats';
import type { Dataset, DecodedSplit } from '../dataset.js';
import { userFolders, webFolder } from '../sources/catalog.js';

const SIDE = 32;
const CHANNELS = 3;

/** X [32, 32, 3, n] and y [n, 1], column-major; the digit 0 has label 10. */
function decodeCropped(files: readonly Uint8Array[], names: readonly string[]): DecodedSplit {
  const [file = new Uint8Array()] = files;
  const name = names[0] ?? 'svhn';
  const { X: x, y } = parseMat5(file, name, ['X', 'y']);
  const [height, width, channels, count = 0] = x.shape;
  const bytes = count * SIDE * SIDE * CHANNELS;
  const isCropped = height === SIDE && width === SIDE && channels === CHANNELS;
  if (!isCropped || y.data.length !== count || x.data.length !== bytes) {
    throw new OodError('corrupt-data', `${name}: expected X [32, 32, 3, n] and y [n, 1] of bytes`);
  }
  const images = new Uint8Array(bytes);
  for (let image = 0; image < count; image++) {
    const from = image * SIDE * SIDE * CHANNELS;
    for (let channel = 0; channel < CHANNELS; channel++) {
      for (let column = 0; column < SIDE; column++) {
        for (let row = 0; row < SIDE; row++) {
          images[from + (row * SIDE + column) * CHANNELS + channel] =
            x.data[from + (channel * SIDE + column) * SIDE + row] ?? Number.NaN;
        }
      }
    }
  }
  return { images, labels: y.data.map((label) => label % 10), shape: [count, SIDE, SIDE, CHANNELS] };
}

/** Netzer et al., "Reading Digits in Natural Images with Unsupervised Feature Learning", 2011. Checked by count and shape. */
export const svhn: Dataset = {
  name: 'svhn',
  title: 'SVHN: house numbers (test set)',
  cites: {
    authors: 'Yuval Netzer and Tao Wang and Adam Coates and Alessandro Bissacco and Bo Wu and Andrew Y. Ng',
    title: 'Reading Digits in Natural Images with Unsupervised Feature Learning',
    year: 2011,
    proceedings: 'NIPS Workshop on Deep Learning and Unsupervised Feature Learning',
  },
  licence: 'for non-commercial use, say its makers',
  input: [SIDE, SIDE, CHANNELS],
  classes: 10,
  splits: { test: { count: 26_032, sha256: null } },
  sources: [userFolders, webFolder('official source', 'http://ufldl.stanford.edu/housenumbers/')],
  files: (split) => [[`${split}_32x32.mat`]],
  decode: decodeCropped,
};
