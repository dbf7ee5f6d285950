import { readFileSync } from 'node:fs';
import { type TensorEntry, writeSafetensors } from '@oodgrid/formats';
import { NumpyRandomState } from '@oodgrid/stats';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Engine, tf } from '../../engine/src/compute.js';
import { nativeEngine } from '../../engine/test/support/engine.js';
import { worstDifference } from '../../engine/test/support/random.js';
import { factsOf } from '../src/architectures/architecture.js';
import { resnet34Cifar } from '../src/architectures/resnet34-cifar.js';
import type { Network } from '../src/network.js';
import { openNetwork } from '../src/open-network.js';

const sampled = z.object({ step: z.number(), values: z.array(z.number()) });
const fixture = z
  .object({
    taps: z.record(z.string(), sampled.extend({ shape: z.array(z.number()), mean: z.number() })),
    gradients: z.record(z.string(), sampled),
  })
  .parse(JSON.parse(readFileSync(new URL('./fixtures/resnet34.json', import.meta.url), 'utf8')));

/** The weights and images that fixtures/make-resnet34.py draws, in its order. */
function drawn() {
  const random = new NumpyRandomState(1234);
  const tensors = new Map<string, TensorEntry>();
  const draw = (name: string, shape: number[], low: number, high: number) => {
    const n = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from(random.randomSample(n), (u) => low + (high - low) * u);
    tensors.set(name, { dtype: 'F32', shape, data });
    return data;
  };
  const images = draw('images', [2, 3, 32, 32], -1, 1);
  tensors.delete('images');
  const convNorm = (conv: string, norm: string, out: number, inputs: number, k: number) => {
    const bound = Math.sqrt(6 / (inputs * k * k));
    draw(`${conv}.weight`, [out, inputs, k, k], -bound, bound);
    draw(`${norm}.weight`, [out], 0.5, 1);
    draw(`${norm}.bias`, [out], -0.2, 0.2);
    draw(`${norm}.running_mean`, [out], -0.2, 0.2);
    draw(`${norm}.running_var`, [out], 0.5, 1.5);
  };
  convNorm('conv1', 'bn1', 64, 3, 3);
  let inputs = 64;
  for (const [stage, [width, blocks]] of (
    [
      [64, 3],
      [128, 4],
      [256, 6],
      [512, 3],
    ] as const
  ).entries()) {
    for (let block = 0; block < blocks; block++) {
      const name = `layer${stage + 1}.${block}`;
      convNorm(`${name}.conv1`, `${name}.bn1`, width, inputs, 3);
      convNorm(`${name}.conv2`, `${name}.bn2`, width, width, 3);
      if (inputs !== width) convNorm(`${name}.shortcut.0`, `${name}.shortcut.1`, width, inputs, 1);
      inputs = width;
    }
  }
  draw('linear.weight', [10, 512], -0.05, 0.05);
  draw('linear.bias', [10], -0.05, 0.05);
  return { images, weights: writeSafetensors(tensors) };
}

describe('ResNet-34 for CIFAR', () => {
  let engine: Engine;
  let model: Network;
  let trace: ReturnType<Network['trace']>;

  beforeAll(async () => {
    engine = await nativeEngine();
    const { images, weights } = drawn();
    const facts = factsOf(resnet34Cifar, 'r', 10);
    model = openNetwork({ ops: tf, kernels: engine.kernels }, facts, weights);
    const x = tf.transpose(tf.tensor4d(images, [2, 3, 32, 32]), [0, 2, 3, 1]);
    trace = model.trace(tf.reshape(x, [2, 32, 32, 3]), [
      'layer0',
      'layer1',
      'layer2',
      'layer3',
      'layer4',
      'logits',
    ]);
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
