import { datasetBlob, loadDataset, type SplitKind } from '@oodgrid/datasets';
import { METHODS, planMethod } from '@oodgrid/methods';
import { factsOf, findArchitecture } from '@oodgrid/models';
import type { Digest, MethodPlan } from '@oodgrid/protocol';
import { beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../src/compute.js';
import { cacheDir, nativeEngine } from '../support/engine.js';
import { noise, put, run, task, unit } from '../support/tasks.js';

// Another law of every method of the catalog: higher means in-distribution. Where several columns are combined by a regression, that
// finds their signs; one column is to have the right one by itself, under the method's own setting.

const lenet = findArchitecture('lenet');
if (lenet === undefined) throw new Error('no LeNet');
const FACTS = factsOf(lenet, 'lenet', 10);
const COUNT = 256;
const TRAIN = 1536;
const NEEDED: Readonly<Record<string, unknown>> = { members: ['a', 'b'], model: 'a' };

const plans = new Map(
  METHODS.map((method) => {
    const models = method.models === undefined ? {} : { [method.models]: NEEDED[method.models] };
    const passes = method.arithmetic.passes === undefined ? {} : { passes: 8 };
    const plan = planMethod(method, { ...models, ...passes }, FACTS, {
      method: 'methods[0]',
      model: 'models[0]',
    });
    return [plan.compute, plan] as const;
  }),
);

/** The first images of a set that the model was trained on, or of one that it was not. */
async function blob(name: string, split: SplitKind, count: number): Promise<Digest> {
  const options = { cacheDir, dataDirs: [], log: () => undefined, signal: new AbortController().signal };
  const { images, labels, shape } = await loadDataset(name, split, options);
  const [, height, width, channels] = shape;
  return put(
    datasetBlob({
      images: images.slice(0, count * height * width * channels),
      labels: labels.slice(0, count),
      shape: [count, height, width, channels],
    }),
  );
}

let engine: Engine;
let train: Digest;
let clothes: Digest;
let digits: Digest;
beforeAll(async () => {
  engine = await nativeEngine();
  train = await blob('fashion-mnist', 'train', TRAIN);
  clothes = await blob('fashion-mnist', 'test', COUNT);
  digits = await blob('mnist-10k', 'test', COUNT);
});

async function fitted({ compute, fit }: MethodPlan): Promise<Digest | null> {
  if (fit === 'none') return null;
  const spec = unit(compute);
  const from = fit === 'train' ? { data: { name: 'train', images: train }, to: TRAIN } : { noise, to: 20 };
  return (await run(engine, task([spec], { kind: 'fit', ...from }))).fitted.get(spec.key) ?? null;
}

it.each([...plans].filter(([, { columns }]) => columns.length === 1))(
  '%s is higher for clothes, which the model knows, than for digits',
  async (compute, plan) => {
    const { options, pass, fallbackCandidate } = plan;
    const candidates = plan.candidates.slice(fallbackCandidate, fallbackCandidate + 1);
    const spec = unit(compute, { options, pass, candidates, fitted: await fitted(plan) });
    const scores = async (images: Digest) => {
      const whole = task([spec], { data: { name: 'test', images }, to: COUNT, batch: COUNT });
      return (await run(engine, whole)).scores.get(spec.key) ?? new Float32Array();
    };
    const [id, ood] = [await scores(clothes), await scores(digits)];
    expect([id.length, ood.length]).toEqual([COUNT, COUNT]);
    expect(aurocOf(id, ood)).toBeGreaterThan(0.55);
  },
);

/** Share of pairs that are ranked rightly, ties half. */
function aurocOf(id: Float32Array, ood: Float32Array): number {
  let right = 0;
  for (const a of id) for (const b of ood) right += a > b ? 1 : a === b ? 0.5 : 0;
  return right / (id.length * ood.length);
}
