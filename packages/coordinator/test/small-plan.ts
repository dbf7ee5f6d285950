import type { ResolvedGrid } from '@oodgrid/contract';
import { digestSchema, type MethodPlan } from '@oodgrid/contract';

export const digest = (char: string) => digestSchema.parse(char.repeat(64));

/** The plan of a softmax method. */
export const forward: MethodPlan = {
  compute: 'msp',
  revision: 1,
  options: {},
  splitOrder: 'file',
  pass: 'forward',
  fit: 'none',
  candidates: [],
  fallbackCandidate: 0,
  columns: ['msp'],
  models: [],
  cost: { sweep: { forwards: 0, gradients: 0 }, score: { forwards: 0, gradients: 0 } },
};

const odin: MethodPlan = {
  ...forward,
  compute: 'odin',
  splitOrder: 'permuted',
  pass: 'gradient',
  candidates: [
    { magnitude: 0.1, temperature: 1 },
    { magnitude: 0.1, temperature: 10 },
    { magnitude: 0, temperature: 1 },
    { magnitude: 0, temperature: 10 },
  ],
  fallbackCandidate: 2,
  cost: { sweep: { forwards: 2, gradients: 2 }, score: { forwards: 1, gradients: 1 } },
};

const fssd: MethodPlan = {
  ...odin,
  compute: 'fssd',
  fit: { offset: 127.5 },
  candidates: [{ magnitude: 0.1 }],
  fallbackCandidate: 0,
  columns: ['a', 'b'],
  cost: { sweep: { forwards: 2, gradients: 2 }, score: { forwards: 2, gradients: 2 } },
};

/** A grid of a softmax row, an ensemble row that shares its pass, ODIN and FSSD, on sets of the given sizes. */
export function smallGrid(idCount = 2000, oodCount = 2500): ResolvedGrid {
  const model = (name: string, char: string) => ({
    name,
    architecture: 'lenet' as const,
    weights: digest(char),
    classes: 10,
  });
  const set = (name: string, char: string, count: number) => ({
    name,
    test: { ref: { name: `${name}/test`, images: digest(char) }, count },
    normalisation: { mean: [0], std: [1] },
  });
  const row = (name: string, plan: MethodPlan) => ({
    row: name,
    title: name,
    plans: { m: plan },
    fitSet: typeof plan.fit === 'string' ? null : { ref: { name: 'noise', images: digest('e') }, count: 100 },
  });
  return {
    name: 'small',
    protocol: 'fssd-paper',
    seed: 42,
    bootstrapReplicates: 100,
    models: [model('m', 'a')],
    auxiliaryModels: [model('other', 'b')],
    datasets: [set('id', 'c', idCount), set('ood', 'd', oodCount)],
    pairs: [{ id: 'id', ood: 'ood' }],
    rows: [
      row('msp', forward),
      row('ensemble', { ...forward, models: ['m', 'other'] }),
      row('odin', odin),
      row('fssd', fssd),
    ],
    memoryBytes: { m: 1000, other: 1000 },
  };
}
