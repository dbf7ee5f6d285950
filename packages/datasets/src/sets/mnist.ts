import type { Dataset } from '../dataset.js';
import { decodeIdxPair, idxFiles } from '../idx-pair.js';
import { userFolders, webFolder } from '../sources/catalog.js';

/** LeCun, Cortes and Burges, "The MNIST database of handwritten digits", 1998. */
export const mnist: Dataset = {
  name: 'mnist',
  title: 'MNIST: handwritten digits (test set)',
  cites: {
    authors: 'Yann LeCun and Léon Bottou and Yoshua Bengio and Patrick Haffner',
    title: 'Gradient-Based Learning Applied to Document Recognition',
    year: 1998,
    journal: 'Proceedings of the IEEE',
    volume: 86,
    number: 11,
    pages: '2278-2324',
    doi: '10.1109/5.726791',
  },
  licence: 'CC BY-SA 3.0',
  input: [28, 28, 1],
  classes: 10,
  normalisation: { mean: [0.1307], std: [0.3081] },
  splits: {
    test: {
      count: 10_000,
      sha256: {
        images: '6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161',
        labels: 'ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5',
      },
    },
  },
  sources: [
    userFolders,
    webFolder('official source', 'http://yann.lecun.com/exdb/mnist/'),
    webFolder('mirror of the official source', 'https://ossci-datasets.s3.amazonaws.com/mnist/'),
  ],
  files: idxFiles,
  decode: decodeIdxPair,
};
