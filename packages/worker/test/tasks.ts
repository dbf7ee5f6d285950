import { digestSchema, type TaskSpec } from '@oodgrid/contract';

export const digest = (char: string) => digestSchema.parse(char.repeat(64));

/** A task of a grid: one unit over ten samples. */
export const gridTask: TaskSpec = {
  kind: 'score',
  model: { name: 'm', architecture: 'lenet', weights: digest('a'), classes: 10 },
  data: { name: 'd/test', images: digest('b') },
  transform: { mean: [0], std: [1] },
  order: { kind: 'file' },
  from: 0,
  to: 10,
  batch: 512,
  seed: 1,
  units: [{ key: digest('c'), method: 'msp', options: {}, fitted: null, pass: 'forward', candidates: [] }],
};
