import { readFileSync } from 'node:fs';
import { type TensorEntry, writeSafetensors } from '@oodgrid/formats';
import { NumpyRandomState } from '@oodgrid/stats';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Engine, tf } from '../../engine/src/compute.js';
import { nativeEngine } from '../../engine/test/support/engine.js';
import { worstDifference } from '../../engine/test/support/random.js';
import { type Architecture, factsOf, parametersOf } from '../src/architectures/architecture.js';
import { densenetBc100 } from '../src/architectures/densenet-bc-100-12.js';
import { resnet18Cifar, resnet20Cifar, resnet34Cifar } from '../src/architectures/resnet-cifar.js';
import { product } from '../src/modules/module.js';
import type { Network } from '../src/network.js';
import { openNetwork } from '../src/open-network.js';

const sampled = z.object({ step: z.number(), values: z.array(z.number()) });
const schema = z.object({
  taps: z.record(z.string(), sampled.extend({ shape: z.array(z.number()), mean: z.number() })),
  gradients: z.record(z.string(), sampled),
});

/** The order in which fixtures/make-cifar-nets.py draws: the norm behind a convolution with it, a shortcut after its block. */
const DRAWN: Readonly<Record<string, readonly [number, number]>> = {
  bias: [-0.2, 0.2],
  running_mean: [-0.2, 0.2],
  running_var: [0.5, 1.5],
};

/** The images and weights that fixtures/make-cifar-nets.py draws. */
function drawn(architecture: Architecture) {
  const random = new NumpyRandomState(1234);
  const draw = (shape: readonly number[], [low, high]: readonly [number, number]) =>
    Float32Array.from(random.randomSample(product(shape)), (u) => low + (high - low) * u);
  const images = draw([2, 3, 32, 32], [-1, 1]);
  const tensors = new Map<string, TensorEntry>();
  for (const [name, shape] of parametersOf(architecture, 10)) {
    const bound = Math.sqrt(6 / product(shape.slice(1)));
    const own = DRAWN[name.split('.').at(-1) ?? ''] ?? (shape.length === 4 ? [-bound, bound] : [0.5, 1]);
    const data = draw(shape, name.startsWith(architecture.head) ? [-0.05, 0.05] : own);
    tensors.set(name, { dtype: 'F32', shape, data });
  }
  return { images, weights: writeSafetensors(tensors) };
}

describe.each([
  ['resnet18-cifar', resnet18Cifar],
  ['resnet34-cifar', resnet34Cifar],
  ['resnet20-cifar', resnet20Cifar],
  ['densenet-bc-100-12', densenetBc100],
] as const)('%s', (name, architecture: Architecture) => {
  const fixture = schema.parse(
    JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')),
  );
  let engine: Engine;
  let model: Network;
  let trace: ReturnType<Network['trace']>;

  beforeAll(async () => {
    engine = await nativeEngine();
    const { images, weights } = drawn(architecture);
    const facts = factsOf(architecture, 'r', 10);
    model = openNetwork({ ops: tf, kernels: engine.kernels }, facts, weights);
    const x = tf.transpose(tf.tensor4d(images, [2, 3, 32, 32]), [0, 2, 3, 1]);
    trace = model.trace(tf.reshape(x, [2, 32, 32, 3]), Object.keys(fixture.taps));
  });

  const every = (values: Float32Array, step: number, count: number) =>
    values.filter((_, i) => i % step === 0).slice(0, count);

  it.each(Object.entries(fixture.taps))('%s is as in PyTorch', (name, { shape, mean, step, values }) => {
    const tap = trace.taps.get(name);
    expect(tap?.shape).toEqual(shape);
    const got = tap?.dataSync<'float32'>() ?? new Float32Array();
    // 34 layers of float32 sums in another order, batch normalisation folded into the weights.
    expect(worstDifference(every(got, step, values.length), values)).toBeLessThan(1e-4);
    expect(Math.abs(got.reduce((a, b) => a + b, 0) / got.length - mean)).toBeLessThan(
      1e-4 * Math.max(1, Math.abs(mean)),
    );
  });

  it.each(Object.entries(fixture.gradients))(
    'the gradient of |%s|^2 / 2 is as in PyTorch',
    (name, { step, values }) => {
      const tap = trace.taps.get(name);
      if (tap === undefined) throw new Error(name);
      const got = trace.gradient(name, tap).dataSync<'float32'>();
      const sampledHere = every(got, step, values.length);
      const scale = Math.max(...values.map(Math.abs));
      const differences = values
        .map((value, i) => Math.abs((sampledHere[i] ?? Number.NaN) - value) / scale)
        .sort((a, b) => a - b);
      // A ReLU whose input is zero but for rounding flips with it: PyTorch in float32 is up to 4 % off PyTorch in
      // float64 at a few pixels here, and 1e-6 in the median.
      expect(differences[Math.floor(differences.length / 2)]).toBeLessThan(1e-5);
      expect(differences.at(-1)).toBeLessThan(0.1);
    },
  );

  it('keeps no tensor but its weights', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      model.taps(tf.zeros([1, 32, 32, 3]), Uint32Array.of(0), ['layer2']);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
