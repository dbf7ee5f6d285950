import { join } from 'node:path';
import type { Work } from '@oodgrid/contract';

/** A model that comes with the project: weights and card are `<name>.safetensors` and `<name>.md`. */
export interface ModelCard {
  readonly name: string;
  readonly architecture: string;
  readonly classes: number;
  /** Data set that it was trained on. */
  readonly trainedOn: string;
  /** Share of the test set classified correctly. */
  readonly testAccuracy: number;
  readonly sha256: string;
  readonly title: string;
  /** The paper whose recipe it was trained by. */
  readonly cites: Work;
  readonly licence: string;
}

const lenet = {
  architecture: 'lenet',
  classes: 10,
  trainedOn: 'fashion-mnist',
  cites: {
    authors: 'Haiwen Huang and Zhihan Li and Lulu Wang and Sishuo Chen and Bin Dong and Xinyu Zhou',
    title: 'Feature Space Singularity for Out-of-Distribution Detection',
    year: 2020,
    arxiv: '2011.14654',
  },
  licence: 'MIT',
} as const;

const MODEL_CARDS: readonly ModelCard[] = [
  {
    ...lenet,
    name: 'lenet-fmnist',
    title: 'LeNet, the model under test of the paper grid',
    testAccuracy: 0.9251,
    sha256: 'a7cc97d81427634d503f6d30373e9494490afc4ed2cb43dbc1d3d0f063833674',
  },
  ...[
    { testAccuracy: 0.905, sha256: '7644a509c031314351d5cb0921d2eca06412c566a564e6dc7b7176694ee4ca00' },
    { testAccuracy: 0.8964, sha256: '319e56959cef5844799b06480b345665329eb97c23fbfcaa3443c2147e3f9d45' },
    { testAccuracy: 0.9048, sha256: '23f4b68a33c554f4e397e3e7a36d2a3dea2d2ba896728ff9816f3295de945ca3' },
    { testAccuracy: 0.9002, sha256: '435d2cb9913f7f492d2a0e018b81559b78889b5d53eef281013e1f9372192710' },
    { testAccuracy: 0.8935, sha256: '042f0a9fff2a73c6c0ebdc19d0439b45f96ade423d87e17c410861cccbdd26bc' },
  ].map((member, i) => ({
    ...lenet,
    ...member,
    name: `lenet-fmnist-member${i}`,
    title: `LeNet, member ${i} of the Deep Ensemble`,
  })),
  {
    ...lenet,
    name: 'lenet-fmnist-oe',
    title: 'LeNet trained with Outlier Exposure',
    testAccuracy: 0.8994,
    sha256: '063772d0b598efe57f438d071d21c23cba34b3a9136bec8f33d82f6d861b8a8f',
  },
];

export const listModels = (): readonly ModelCard[] => MODEL_CARDS;

export const findModel = (name: string): ModelCard | undefined =>
  MODEL_CARDS.find((card) => card.name === name);

/** Path of a bundled model's weights under the project's `models` folder. */
export const weightsPath = (modelsDir: string, name: string): string =>
  join(modelsDir, `${name}.safetensors`);
