import type { Dataset } from './dataset.js';
import { cifar10 } from './sets/cifar10.js';
import { fashionMnist } from './sets/fashion-mnist.js';
import { mnist } from './sets/mnist.js';
import { mnist10k } from './sets/mnist-10k.js';
import { svhn } from './sets/svhn.js';

/** Every data set of the catalog. A new one is one file of the same shape and one line here. */
const DATASETS: readonly Dataset[] = [fashionMnist, mnist, mnist10k, cifar10, svhn];

export const listDatasets = (): readonly Dataset[] => DATASETS;

export const findDataset = (name: string): Dataset | undefined =>
  DATASETS.find((dataset) => dataset.name === name);
