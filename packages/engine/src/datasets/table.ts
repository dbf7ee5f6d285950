import { cifar10 } from './cifar10.js';
import type { Dataset } from './dataset.js';
import { fashionMnist } from './fashion-mnist.js';
import { mnist } from './mnist.js';
import { mnist10k } from './mnist-10k.js';
import { svhn } from './svhn.js';

/** Every data set of the catalog. A new one is one file of the same shape and one line here. */
const DATASETS: readonly Dataset[] = [fashionMnist, mnist, mnist10k, cifar10, svhn];

export const listDatasets = (): readonly Dataset[] => DATASETS;

export const findDataset = (name: string): Dataset | undefined =>
  DATASETS.find((dataset) => dataset.name === name);
