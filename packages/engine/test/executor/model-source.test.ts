import type { ModelFacts } from '@oodgrid/contract';
import {
  defineModelSource,
  identityOf,
  type ModelSource,
  modelSources,
  packModel,
  safetensors,
  type TapModel,
} from '@oodgrid/models';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Engine, TaskInputs, tf } from '../../src/compute.js';
import { nativeEngine } from '../support/engine.js';
import { images, lenetBytes, put, run, task, unit } from '../support/tasks.js';

let engine: Engine;
beforeAll(async () => {
  engine = await nativeEngine();
});

const CLASSES = 3;
const facts: ModelFacts = {
  name: 'mine',
  architecture: 'toy',
  classes: CLASSES,
  input: [28, 28, 1],
  taps: ['pixels', 'logits'],
  layers: ['logits'],
  penultimate: 'pixels',
  features: 784,
  logits: 'logits',
  offers: { head: false, gradient: false, dropout: false },
  dropoutTap: null,
  memory: { weightBytes: CLASSES, activationBytesPerImage: 4 * (784 + CLASSES) },
};

/** Logits are multiples of an image's mean: a source that no architecture and no safetensors file is behind. */
const toy = defineModelSource({
  kind: 'toy',
  revision: 1,
  config: z.object({ factors: z.array(z.number()) }),
  resolve: async ({ factors }, { name }) => ({
    facts: { ...facts, name, classes: factors.length },
    files: { factors: Uint8Array.from(factors) },
    notes: [],
  }),
  open: async ({ ops }, known, files): Promise<TapModel> => {
    const factors = ops.keep(ops.tensor2d([...(files.factors ?? [])], [1, known.classes]));
    return {
      facts: known,
      taps: (x) => {
        const pixels = ops.reshape(x, [x.shape[0], 784]);
        return new Map([
          ['pixels', pixels],
          ['logits', ops.matMul(ops.mean(pixels, 1, true), factors)],
        ]);
      },
      [Symbol.dispose]: () => factors.dispose(),
    };
  },
});

it('a model of a source that is not in the catalog is resolved, packed, and scored beside those of the catalog', async () => {
  const resolved = await toy.resolve(
    { factors: [1, 2, 4] },
    { name: 'mine', read: () => Promise.reject(new Error('reads no file')) },
  );
  const model = {
    name: 'mine',
    architecture: 'toy',
    classes: CLASSES,
    source: 'toy',
    weights: put(packModel({ source: identityOf(toy), ...resolved })),
  };
  const before = tf.memory().numTensors;
  const inputs = new TaskInputs(engine, undefined, [...modelSources(), toy]);
  const msp = unit('msp');
  const spec = task([msp], { data: { name: 'd', images: images(20) }, to: 20 });
  const signal = new AbortController().signal;
  const own = (await run(engine, { ...spec, model }, signal, inputs)).scores.get(msp.key);
  const catalog = (await run(engine, spec, signal, inputs)).scores.get(msp.key);
  expect(own).toHaveLength(20);
  expect(own).not.toEqual(catalog);
  for (const score of own ?? []) expect(score).toBeGreaterThanOrEqual(1 / CLASSES - 1e-6);
  inputs[Symbol.dispose]();
  expect(tf.memory().numTensors).toBe(before);
});

it('an executor that does not know the source says so, and damaged facts are refused', async () => {
  const source = identityOf(toy);
  const files = { factors: Uint8Array.of(1, 2, 4) };
  const weights = put(packModel({ source, facts, files }));
  const model = { name: 'mine', architecture: 'toy', classes: CLASSES, source: 'toy', weights };
  const spec = task([unit('msp')], { data: { name: 'd', images: images(20) }, to: 20, model });
  await expect(run(engine, spec)).rejects.toThrow(
    /model "mine": this executor has no source "toy" of models/,
  );
  const lying = put(packModel({ source, facts: { ...facts, classes: 0 }, files: {} }));
  const inputs = new TaskInputs(engine, undefined, [toy]);
  const signal = new AbortController().signal;
  const bad = { ...spec, model: { ...model, weights: lying } };
  await expect(run(engine, bad, signal, inputs)).rejects.toThrow(/model "mine": its facts do not fit/);
});

/** The scores of two methods, one of them with gradients, by a source that has the bundled LeNet's weights. */
async function scoresOf(source: ModelSource, signal = new AbortController().signal) {
  const plain = task([], {}).model;
  const resolved = await safetensors.resolve(
    { architecture: 'lenet', weights: 'w', classes: 10 },
    { name: 'mine', read: async (path) => ({ path, bytes: lenetBytes() }) },
  );
  const weights = put(packModel({ source: identityOf(source), ...resolved }));
  const inputs = new TaskInputs(engine, undefined, [source]);
  const odin = unit('odin', {
    candidates: [
      { temperature: 1000, magnitude: 0.004 },
      { temperature: 1, magnitude: 0 },
    ],
  });
  const model = { ...plain, name: 'mine', source: source.kind, weights };
  const scores: (Float32Array | undefined)[] = [];
  for (const one of [unit('msp'), odin]) {
    const spec = task([one], { data: { name: 'd', images: images(20) }, to: 20, model });
    scores.push((await run(engine, spec, signal, inputs)).scores.get(one.key));
  }
  inputs[Symbol.dispose]();
  return scores;
}

it('a model that answers later gives the same bits, and frees its tensors', async () => {
  const slow: ModelSource = {
    ...safetensors,
    kind: 'slow',
    open: async (runtime, known, files, split): Promise<TapModel> => {
      const model = await safetensors.open(runtime, known, files, split);
      const later = async <T>(value: T | Promise<T>): Promise<T> => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return value;
      };
      return {
        facts: known,
        taps: (...asked) => later(model.taps(...asked)),
        trace: async (...asked) => {
          const trace = await model.trace?.(...asked);
          if (trace === undefined) throw new Error('LeNet has gradients');
          return { taps: trace.taps, gradient: (...of) => later(trace.gradient(...of)) };
        },
        ...(model.head === undefined ? {} : { head: model.head }),
        ...(model.dropoutLogits === undefined ? {} : { dropoutLogits: model.dropoutLogits.bind(model) }),
        [Symbol.dispose]: () => model[Symbol.dispose](),
      };
    },
  };
  const before = tf.memory().numTensors;
  const scores = await scoresOf(slow);
  expect(scores.map((values) => values?.length)).toEqual([20, 40]);
  expect(scores).toEqual(await scoresOf({ ...safetensors, kind: 'quick' }));
  expect(tf.memory().numTensors).toBe(before);
});

it.each<[string, (model: TapModel) => TapModel, RegExp]>([
  [
    'a tap that is missing',
    (model) => ({ ...model, taps: () => new Map() }),
    /model "mine": tap "layer3" of a batch of 20 samples is missing; its source must give \[20, 10\]/,
  ],
  [
    'one row too few',
    (model) => ({ ...model, taps: () => new Map([['layer3', tf.zeros([19, 10])]]) }),
    /tap "layer3" of a batch of 20 samples is \[19, 10\]/,
  ],
  ['no gradients, though it says so', ({ trace: _trace, ...model }) => model, /without trace\(\)/],
  ['no head, though it says so', ({ head: _head, ...model }) => model, /without head/],
  ['other facts', (model) => ({ ...model, facts }), /has not the facts which were given/],
])('a model with %s is refused', async (_title, change, message) => {
  const broken: ModelSource = {
    ...safetensors,
    kind: 'broken',
    open: async (runtime, known, files, split) => {
      const model = await safetensors.open(runtime, known, files, split);
      const { facts: own, head, taps, trace, dropoutLogits } = model;
      const whole = { facts: own, taps: taps.bind(model), [Symbol.dispose]: () => model[Symbol.dispose]() };
      return change({
        ...whole,
        ...(head === undefined ? {} : { head }),
        ...(trace === undefined ? {} : { trace: trace.bind(model) }),
        ...(dropoutLogits === undefined ? {} : { dropoutLogits: dropoutLogits.bind(model) }),
      });
    },
  };
  await expect(scoresOf(broken)).rejects.toThrow(message);
});

it('a source of another revision than the one that the run was planned with is refused', async () => {
  const weights = put(packModel({ source: { ...identityOf(toy), revision: 7 }, facts, files: {} }));
  const model = { name: 'mine', architecture: 'toy', classes: CLASSES, source: 'toy', weights };
  const spec = task([unit('msp')], { data: { name: 'd', images: images(20) }, to: 20, model });
  const inputs = new TaskInputs(engine, undefined, [toy]);
  await expect(run(engine, spec, new AbortController().signal, inputs)).rejects.toThrow(
    /model "mine": this executor has another source "toy" of models: its revision is 1, the run was planned with 7/,
  );
});
