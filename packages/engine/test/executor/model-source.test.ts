import { defineModelSource, listModelSources, packModel, type TapModel } from '@oodgrid/models';
import type { ModelFacts } from '@oodgrid/protocol';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Engine, TaskInputs, tf } from '../../src/compute.js';
import { nativeEngine } from '../support/engine.js';
import { images, put, run, task, unit } from '../support/tasks.js';

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
      tapNames: ['pixels', 'logits'],
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
    weights: put(packModel(resolved.facts, resolved.files)),
  };
  const before = tf.memory().numTensors;
  const inputs = new TaskInputs(engine, undefined, [...listModelSources(), toy]);
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
  const weights = put(packModel(facts, { factors: Uint8Array.of(1, 2, 4) }));
  const model = { name: 'mine', architecture: 'toy', classes: CLASSES, source: 'toy', weights };
  const spec = task([unit('msp')], { data: { name: 'd', images: images(20) }, to: 20, model });
  await expect(run(engine, spec)).rejects.toThrow(
    /model "mine": this executor has no source "toy" of models/,
  );
  const lying = put(packModel({ ...facts, classes: 0 }, {}));
  const inputs = new TaskInputs(engine, undefined, [toy]);
  const signal = new AbortController().signal;
  const bad = { ...spec, model: { ...model, weights: lying } };
  await expect(run(engine, bad, signal, inputs)).rejects.toThrow(/model "mine": its facts do not fit/);
});
