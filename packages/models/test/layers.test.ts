import { beforeAll, describe, expect, it } from 'vitest';
import { type Engine, portableKernels, tf } from '../../engine/src/compute.js';
import { nativeEngine } from '../../engine/test/support/engine.js';
import { randomTensor4D, randomValues, worstDifference } from '../../engine/test/support/random.js';
import { chain } from '../src/layers/chain.js';
import { conv2d } from '../src/layers/conv2d.js';
import { dense, flatten } from '../src/layers/dense.js';
import { denseConnection } from '../src/layers/dense-connection.js';
import type { Kernels } from '../src/layers/kernels.js';
import type { Layer } from '../src/layers/layer.js';
import { normRelu } from '../src/layers/norm-relu.js';
import { padShortcut } from '../src/layers/pad-shortcut.js';
import { averagePool, globalAveragePool, maxPool } from '../src/layers/pooling.js';
import { residual } from '../src/layers/residual.js';
import type { Tensor } from '../src/tensors.js';

let engine: Engine;
beforeAll(async () => {
  engine = await nativeEngine();
});

const conv = (
  seed: number,
  inputs: number,
  outputs: number,
  options: Partial<{ size: number; stride: 1 | 2; padding: number; isReluApplied: boolean }> = {},
) => {
  const { size = 3, stride = 1, padding = 0, isReluApplied = true } = options;
  return conv2d({
    kernel: randomTensor4D(seed, [size, size, inputs, outputs]),
    bias: tf.tensor1d(randomValues(seed + 1, outputs)),
    stride,
    padding,
    isReluApplied,
  });
};

const norm = () => normRelu({ scale: tf.tensor1d([0.5, -1.5, 2]), shift: tf.tensor1d([0.1, 0.2, -0.3]) });

/** Layers by name, made when a backend is there; each takes [2, 8, 8, 3]. */
const LAYERS: Readonly<Record<string, () => Layer>> = {
  'conv2d with ReLU': () => conv(1, 3, 5),
  'conv2d without ReLU': () => conv(1, 3, 5, { isReluApplied: false }),
  'conv2d with padding': () => conv(1, 3, 5, { padding: 1 }),
  'conv2d with stride 2': () => conv(1, 3, 5, { padding: 1, stride: 2 }),
  '1x1 conv2d with stride 2': () => conv(1, 3, 5, { size: 1, stride: 2 }),
  'max-pooling': () => maxPool(2),
  'dense with ReLU': () =>
    chain([
      flatten,
      dense(tf.tensor2d(randomValues(3, 192 * 7), [192, 7]), tf.tensor1d(randomValues(4, 7)), true),
    ]),
  'global average pooling': () => globalAveragePool,
  'a residual block': () =>
    residual([conv(1, 3, 3, { padding: 1 }), conv(5, 3, 3, { padding: 1, isReluApplied: false })], []),
  'a residual block with a projection': () =>
    residual(
      [conv(1, 3, 4, { padding: 1, stride: 2 }), conv(5, 4, 4, { padding: 1, isReluApplied: false })],
      [conv(9, 3, 4, { size: 1, stride: 2, isReluApplied: false })],
    ),
  'a shortcut with zeros': () => padShortcut(2),
  'average pooling': () => averagePool(2),
  'a norm before a convolution': () => norm(),
  'a dense connection': () => denseConnection([norm(), conv(1, 3, 5, { padding: 1, isReluApplied: false })]),
};

describe.each(['native', 'portable'])('with %s kernels', (name) => {
  const kernels = (): Kernels => (name === 'native' ? engine.kernels : portableKernels);

  it.each(Object.keys(LAYERS))("the pullback of %s is tfjs's own gradient", (title) => {
    tf.tidy(() => {
      const layer = LAYERS[title]?.();
      if (layer === undefined) throw new Error(title);
      const x = randomTensor4D(7, [2, 8, 8, 3]);
      const plain = (input: Tensor) => layer({ ops: tf, kernels: kernels() }, input).y;
      const { y, pullback } = layer({ ops: tf, kernels: kernels() }, x);
      const dy = tf.tensor(randomValues(8, y.size), y.shape);
      const reference = tf.grad((input) => tf.sum(tf.mul(plain(input), dy)))(x);
      // Sums of a few hundred float32 terms in another order.
      expect(worstDifference(pullback(dy).dataSync(), reference.dataSync())).toBeLessThan(1e-5);
    });
  });
});

/** Values with -0 as 0: a product with a zero mask keeps the sign, a selection does not, and nothing downstream tells them apart. */
const unsigned = (x: Tensor) => x.dataSync<'float32'>().map((value) => value + 0);

describe('kernels', () => {
  it('native and portable give the same bits, ties and zeros included', () => {
    tf.tidy(() => {
      // Small integers: ties in most windows, zeros where a ReLU was.
      const x = tf.tensor4d(randomValues(11, 4 * 7 * 6 * 3, 0, 3).map(Math.floor), [4, 7, 6, 3]);
      const y = tf.maxPool(x, 2, 2, 'valid');
      const dy = randomTensor4D(12, [4, 3, 3, 3]);
      expect(unsigned(engine.kernels.maxPoolGrad(dy, x, y, 2))).toEqual(
        unsigned(portableKernels.maxPoolGrad(dy, x, y, 2)),
      );
      const dx = randomTensor4D(13, [4, 7, 6, 3]);
      expect(unsigned(engine.kernels.reluGrad(dx, x))).toEqual(unsigned(portableKernels.reluGrad(dx, x)));
    });
  });
});
