import { datasetBlob } from '@oodgrid/datasets';
import { writeSafetensors } from '@oodgrid/formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Engine, tf } from '../../src/compute.js';
import { nativeEngine } from '../support/engine.js';
import { images, noise, put, run, scaledWeights, task, unit } from '../support/tasks.js';

let engine: Engine;
beforeAll(async () => {
  engine = await nativeEngine();
});

const data = { name: 'clothes/test', images: images(100) };
const model = (factors: Readonly<Record<string, number>>) => ({
  name: 'mine',
  architecture: 'lenet' as const,
  weights: scaledWeights(factors),
  classes: 10,
});
const magnitudes = [{ magnitude: 0.01, temperature: 1 }];
const steep = { mean: [0.286], std: [0.001] };
const later = { 'conv1.weight': 1e25, 'conv2.weight': 1e14 };
const permuted = { kind: 'numpy-permutation', seed: 42 } as const;

type Rest = Parameters<typeof task>[1];
const refused = (name: string, spec: Partial<ReturnType<typeof unit>>, rest: Rest) =>
  expect(run(engine, task([unit(name, spec)], { data, to: 100, ...rest }))).rejects;

async function fssOf(factors: Readonly<Record<string, number>>) {
  const fit = unit('fssd');
  const { fitted } = await run(engine, task([fit], { kind: 'fit', ...noise, to: 20, model: model(factors) }));
  return fitted.get(fit.key) ?? null;
}

describe('what is not finite is refused where it arises, by model, layer and sample', () => {
  it('the layer that overflows, although a pool swallows its NaN', async () => {
    const overflow = {
      code: 'not-finite',
      message: expect.stringMatching(/^model "mine": layer0 gives Infinity for sample \d+ of clothes\/test/),
    };
    await refused('msp', {}, { model: model({ 'conv1.weight': 1e38 }), transform: steep }).toMatchObject(
      overflow,
    );
    await refused(
      'mc-dropout',
      { options: { passes: 2 } },
      { model: model({ 'conv1.weight': 1e38 }), transform: steep },
    ).toMatchObject(overflow);
    await refused(
      'odin',
      { candidates: magnitudes },
      { model: model({ 'conv1.weight': 1e38 }), transform: steep, order: permuted },
    ).toMatchObject(overflow);
    await refused('msp', {}, { model: model(later) }).toMatchObject({
      message: expect.stringContaining('"mine": layer1 gives'),
    });
  });

  it('a logit that is minus infinity, of which a softmax says nothing', async () => {
    const factors = { 'fc2.bias': 1e38, 'fc2.weight': 1e38 };
    await refused('msp', {}, { model: model(factors) }).toMatchObject({
      message: expect.stringMatching(/layer3 gives -?Infinity|layer3 gives NaN/),
    });
  });

  it('one sample of a later batch, alone', async () => {
    const pixels = new Uint8Array(100 * 784);
    for (let i = 70 * 784; i < 71 * 784; i++) pixels[i] = 255 * ((i * 7919) % 2);
    const one = put(datasetBlob({ images: pixels, labels: new Uint8Array(100), shape: [100, 28, 28, 1] }));
    const bright = {
      data: { name: 'clothes/test', images: one },
      transform: { mean: [0], std: [1e-37] },
      model: model({ 'conv1.weight': 100 }),
    };
    await refused('msp', {}, bright).toMatchObject({
      code: 'not-finite',
      message: expect.stringMatching(/ for sample 70 of clothes\/test/),
    });
    expect((await run(engine, task([unit('msp')], { ...bright, to: 64 }))).scores.size).toBe(1);
  });

  it('squares of features that overflow: the method, and how large the features are', async () => {
    const large = { 'conv1.weight': 1e25 };
    const fitted = await fssOf(large);
    const message = expect.stringMatching(
      /^method "fssd" gives Infinity for sample \d+ of clothes\/test with model "mine": the layers are finite, but reach \d\.\de\+\d+ in layer\d/,
    );
    await refused('fssd', { fitted }, { model: model(large) }).toMatchObject({ code: 'not-finite', message });
    const candidates = [{ magnitude: 0.01 }];
    await refused('fssd', { fitted, candidates }, { model: model(large), order: permuted }).toMatchObject({
      code: 'not-finite',
    });
  });

  it('a gradient of which nothing but the sign is used', async () => {
    const widths = { layer0: 32, layer1: 64, layer2: 128, layer3: 10 };
    const identity = (n: number) =>
      Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
    const state = Object.entries(widths).flatMap(([tap, n]) => [
      [`means.${tap}`, { dtype: 'F32' as const, shape: [10, n], data: new Float32Array(10 * n) }] as const,
      [`precision.${tap}`, { dtype: 'F32' as const, shape: [n, n], data: identity(n) }] as const,
    ]);
    const fitted = put(writeSafetensors(new Map(state)));
    // Tiny pixels and a huge first layer: the way forward is sound, the way back is not.
    const factors = { 'conv1.weight': 1e30, 'fc2.weight': 1e10 };
    const rest = { model: model(factors), transform: { mean: [0.286], std: [1e30] }, order: permuted };
    await refused('mahalanobis', { fitted, candidates: [{ magnitude: 0.01 }] }, rest).toMatchObject({
      code: 'not-finite',
      message: expect.stringMatching(
        /method "mahalanobis": the gradient of layer\d is (-?Infinity|NaN) for sample \d+ of clothes/,
      ),
    });
  });

  it('a layer that does not react to the input has no gradient to follow', async () => {
    const dead = { 'conv1.weight': 0 };
    const fitted = await fssOf({});
    await refused(
      'fssd',
      { fitted, candidates: [{ magnitude: 0.01 }] },
      { model: model(dead), order: permuted },
    ).toMatchObject({
      code: 'not-finite',
      message: expect.stringMatching(
        /the step along the gradient of layer0 is NaN .* its gradient is 0 for the whole batch/,
      ),
    });
  });
});

describe('a fit', () => {
  const fit = (name: string, rest: Rest) =>
    expect(run(engine, task([unit(name)], { kind: 'fit', to: 20, ...rest }))).rejects;

  it('names what overflows', async () => {
    const overflow = {
      code: 'not-finite',
      message: expect.stringMatching(/^model "mine": layer1 gives (-?Infinity|NaN) for sample \d+ of/),
    };
    await fit('fssd', { ...noise, model: model(later) }).toMatchObject(overflow);
    await fit('mahalanobis', { data, to: 100, model: model(later) }).toMatchObject(overflow);
  });

  it('names the layer whose covariance has no inverse in float32, either way', async () => {
    await fit('mahalanobis', { data, to: 100, model: model({ 'conv1.weight': 1e25 }) }).toMatchObject({
      code: 'not-finite',
      message: expect.stringMatching(/^layer\d: the inverse .* far too large/),
    });
    const tiny = { 'conv1.weight': 1e-25, 'conv1.bias': 1e-25 };
    await fit('mahalanobis', { data, to: 100, model: model(tiny) }).toMatchObject({
      code: 'not-finite',
      message: expect.stringMatching(/^layer\d: the inverse .* far too small/),
    });
  });

  it('that is not finite is not used', async () => {
    const state = writeSafetensors(
      new Map([['fss.layer0', { dtype: 'F32', shape: [3], data: Float32Array.of(0, Number.NaN, 0) }]]),
    );
    await refused('fssd', { fitted: put(state) }, {}).toMatchObject({
      code: 'not-finite',
      message: 'fitted state of fssd: tensor "fss.layer0" holds NaN at element 1',
    });
  });
});

describe('a normalisation', () => {
  it('with more numbers than channels, or one that float32 cannot hold, is refused', async () => {
    const three = { mean: [0.4, 0.4, 0.4], std: [0.2, 0.2, 0.2] };
    await refused('msp', {}, { transform: three }).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('3 means and 3 stds for images of 1 channels'),
    });
    await refused('msp', {}, { transform: { mean: [0], std: [1e-46] } }).toMatchObject({
      code: 'invalid-input',
    });
  });
});

describe('memory', () => {
  it('is freed when something is not finite', async () => {
    const before = tf.memory().numTensors;
    await refused('msp', {}, { model: model({ 'conv1.weight': 1e38 }), transform: steep }).toThrow();
    await refused(
      'odin',
      { candidates: magnitudes },
      { model: model({ 'conv1.weight': 1e38 }), transform: steep },
    ).toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });
});
