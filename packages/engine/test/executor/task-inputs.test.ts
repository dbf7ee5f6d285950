import { beforeAll, expect, it } from 'vitest';
import { type Engine, TaskInputs, tf } from '../../src/compute.js';
import { nativeEngine } from '../support/engine.js';
import { images, run, scaledWeights, task, unit } from '../support/tasks.js';

let engine: Engine;
beforeAll(async () => {
  engine = await nativeEngine();
});

const signal = new AbortController().signal;
const data = { name: 'd', images: images(64) };
const other = { name: 'e', images: images(64, 5) };
const msp = () => unit('msp');
const mine = (factor: number) => ({
  name: 'mine',
  architecture: 'lenet',
  weights: scaledWeights({ 'conv1.weight': factor }),
  classes: 10,
});
const MIB = 1024 ** 2;

it('a second task finds model and images open, whatever the name of the images, and gives the same bits', async () => {
  const spec = task([msp()], { data, to: 64 });
  const cold = await run(engine, spec);
  using inputs = new TaskInputs(engine);
  const first = await run(engine, spec, signal, inputs);
  const renamed = { ...spec, data: { ...data, name: 'f' } };
  const second = await run(engine, renamed, signal, inputs);
  expect(first.inputs).toEqual({ hits: 0, misses: 2 });
  expect(second.inputs).toEqual({ hits: 2, misses: 0 });
  expect(second.scores).toEqual(cold.scores);
  expect(first.scores).toEqual(cold.scores);
});

it('models are kept within their bytes, and their tensors are freed when they go', async () => {
  await run(engine, task([msp()], { data, to: 64 }));
  const before = tf.memory().numTensors;
  // Weights of a LeNet are 4.8 MB.
  const inputs = new TaskInputs(engine, { modelBytes: 10 * MIB, splitBytes: 60_000 });
  const factors = [1, 1.01, 1.02, 1.01, 1];
  for (const factor of factors)
    await run(engine, task([msp()], { data, model: mine(factor), to: 64 }), signal, inputs);
  expect(inputs.counts.models).toMatchObject({ hits: 1, misses: 4, evictions: 2 });
  expect(inputs.counts.models.bytes).toBeLessThanOrEqual(10 * MIB);
  expect(inputs.counts.splits).toMatchObject({ hits: 4, misses: 1 });
  await run(engine, task([msp()], { data: other, model: mine(1), to: 64 }), signal, inputs);
  expect(inputs.counts.splits).toMatchObject({ evictions: 1 });
  const perModel = (tf.memory().numTensors - before) / 2;
  expect(perModel).toBe(9);
  inputs[Symbol.dispose]();
  expect(tf.memory().numTensors).toBe(before);
});

it('a model is named as the task names it, although its content is open under another name', async () => {
  using inputs = new TaskInputs(engine);
  const overflow = (name: string) =>
    run(
      engine,
      task([msp()], { data, to: 64, model: { ...mine(1e38), name }, transform: { mean: [0], std: [0.001] } }),
      signal,
      inputs,
    );
  await expect(overflow('one')).rejects.toThrow(/^model "one": layer0 gives/);
  await expect(overflow('two')).rejects.toThrow(/^model "two": layer0 gives/);
  expect(inputs.counts.models).toMatchObject({ hits: 0, misses: 2 });
});
