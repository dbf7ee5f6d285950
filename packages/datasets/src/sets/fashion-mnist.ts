import type { Dataset } from '../dataset.js';
import { decodeIdxPair, idxFiles } from '../idx-pair.js';
import { debianPackage, userFolders, webFolder } from '../sources/catalog.js';

/** Xiao, Rasul and Vollgraf, "Fashion-MNIST", 2017, arXiv:1708.07747. */
export const fashionMnist: Dataset = {
  name: 'fashion-mnist',
  title: 'FashionMNIST: articles of clothing',
  cites: {
    authors: 'Han Xiao and Kashif Rasul and Roland Vollgraf',
    title: 'Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms',
    year: 2017,
    arxiv: '1708.07747',
  },
  licence: 'MIT',
  input: [28, 28, 1],
  classes: 10,
  normalisation: { mean: [0.286], std: [0.353] },
  splits: {
    test: {
      count: 10_000,
      sha256: {
        images: 'c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a',
        labels: '3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9',
      },
    },
    train: {
      count: 60_000,
      sha256: {
        images: '2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012',
        labels: '657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7',
      },
    },
  },
  sources: [
    userFolders,
    webFolder('official source', 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/'),
    debianPackage('dataset-fashion-mnist', 'usr/share/datasets/fashion-mnist'),
  ],
  files: idxFiles,
  decode: decodeIdxPair,
};
