import {
  as2D,
  as4D,
  flattenSamples,
  type Ops,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '../tensors.js';
import type { Layer, Pass } from './layer.js';

export interface ConvOptions {
  /** [rows, columns, in, out] */
  readonly kernel: Tensor4D;
  /** [out] */
  readonly bias: Tensor1D;
  readonly stride: 1 | 2;
  /** Zeros on each side, as PyTorch counts them. */
  readonly padding: number;
  readonly isReluApplied: boolean;
}

const rank4 = (ops: Ops, x: Tensor): Tensor4D => as4D(ops, x, shape4(x));

function shape4(x: Tensor): [number, number, number, number] {
  const [n, height, width, channels] = x.shape;
  if (n === undefined || height === undefined || width === undefined || channels === undefined) {
    throw new RangeError(`expected a tensor [n, height, width, channels], got [${x.shape}]`);
  }
  return [n, height, width, channels];
}

/** Convolution, bias and optionally ReLU, as one layer so that what lies between is freed at once. */
export const conv2d =
  ({ kernel, bias, stride, padding, isReluApplied }: ConvOptions): Layer =>
  ({ ops, kernels }, input) => {
    const x = rank4(ops, input);
    const [n, height, width, channels] = x.shape;
    const pads: [number, number][] = [
      [0, 0],
      [padding, padding],
      [padding, padding],
      [0, 0],
    ];
    const y = ops.tidy(() => {
      const padded = padding === 0 ? x : ops.pad(x, pads);
      const z = ops.add(ops.conv2d<Tensor4D>(padded, kernel, stride, 'valid'), bias);
      return isReluApplied ? ops.relu(z) : z;
    });
    return {
      y,
      pullback: (dy) =>
        ops.tidy(() => {
          const dz = rank4(ops, isReluApplied ? kernels.reluGrad(dy, y) : dy);
          const size: [number, number, number, number] = [
            n,
            height + 2 * padding,
            width + 2 * padding,
            channels,
          ];
          const dx = ops.conv2dTranspose(dz, kernel, size, stride, 'valid');
          return padding === 0 ? dx : ops.slice(dx, [0, padding, padding, 0], [n, height, width, channels]);
        }),
    };
  };

/** Fully connected layer on [n, in], optionally with ReLU; `weight` [in, out], `bias` [out]. */
export const dense =
  (weight: Tensor2D, bias: Tensor1D, isReluApplied: boolean): Layer =>
  ({ ops, kernels }, x) => {
    const y = ops.tidy(() => {
      const z = ops.add(ops.matMul(x, weight), bias);
      return isReluApplied ? ops.relu(z) : z;
    });
    return {
      y,
      pullback: (dy) =>
        ops.tidy(() => ops.matMul(isReluApplied ? kernels.reluGrad(dy, y) : dy, weight, false, true)),
    };
  };

/** Non-overlapping max-pooling without padding. */
export const maxPool =
  (size: number): Layer =>
  ({ ops, kernels }, input) => {
    const x = rank4(ops, input);
    const y = ops.maxPool(x, size, size, 'valid');
    return { y, pullback: (dy) => kernels.maxPoolGrad(rank4(ops, dy), x, y, size) };
  };

/**
 * `conv2d` without padding followed by `maxPool`, forward only. Rounding is monotone, so the maximum commutes with the bias and
 * ReLU: they run on a quarter of the values and give the same bits.
 */
export const conv2dMaxPool =
  ({ kernel, bias, stride }: Pick<ConvOptions, 'kernel' | 'bias' | 'stride'>, size: number) =>
  ({ ops }: Pass, input: Tensor): Tensor =>
    ops.tidy(() => {
      const pooled = ops.maxPool(ops.conv2d(rank4(ops, input), kernel, stride, 'valid'), size, size, 'valid');
      return ops.relu(ops.add(pooled, bias));
    });

/** [n, h, w, c] to [n, h * w * c]. */
export const flatten: Layer = ({ ops }, x) => ({
  y: flattenSamples(ops, x),
  pullback: (dy) => ops.reshape(dy, x.shape),
});

/** Mean over height and width: [n, h, w, c] to [n, c]. */
export const globalAveragePool: Layer = ({ ops }, x) => {
  const [n, height, width, channels] = shape4(x);
  return {
    y: ops.mean(x, [1, 2]),
    pullback: (dy) =>
      ops.tidy(() =>
        ops.tile(as4D(ops, ops.div(dy, height * width), [n, 1, 1, channels]), [1, height, width, 1]),
      ),
  };
};

/** Drops single units of [n, units]; identity in evaluation mode. MC-dropout takes no gradient. */
export const dropout =
  (index: number): Layer =>
  ({ ops, dropout: stochastic }, x) => ({
    y: stochastic === undefined ? x : ops.tidy(() => ops.mul(x, stochastic.mask(index))),
    pullback: (dy) => dy,
  });

/**
 * Drops whole channels of [n, h, w, c], flattens, and applies a dense layer with ReLU. A dropped channel
 * takes its share of the product out, so each channel's share is multiplied out once for all passes: a pass
 * then costs h * w times less.
 */
export const channelDropoutDense = (index: number, weight: Tensor2D, bias: Tensor1D): Layer => {
  const plain = chain([flatten, dense(weight, bias, true)]);
  return (pass, x) => {
    const { ops, dropout: stochastic } = pass;
    if (stochastic === undefined) return plain(pass, x);
    const y = ops.tidy(() => {
      const shares = stochastic.once(index, () => channelShares(ops, rank4(ops, x), weight));
      const [n = 0, channels = 0, out = 0] = shares.shape;
      const mask = ops.reshape(stochastic.mask(index), [n, 1, channels]);
      return ops.relu(ops.add(as2D(ops, ops.matMul(mask, shares), n, out), bias));
    });
    return { y, pullback: (dy) => dy };
  };
};

/** [n, c, out]: what each channel of `x` adds to the product with `weight` [h * w * c, out]. */
function channelShares(ops: Ops, x: Tensor4D, weight: Tensor2D): Tensor {
  const [n, height, width, channels] = shape4(x);
  const out = weight.shape[1];
  return ops.tidy(() => {
    const byChannel = ops.transpose(ops.reshape(x, [n, height * width, channels]), [2, 0, 1]);
    const weights = ops.transpose(ops.reshape(weight, [height * width, channels, out]), [1, 0, 2]);
    return ops.transpose(ops.matMul(byChannel, weights), [1, 0, 2]);
  });
}

/** ReLU of the sum of two branches of the same input. */
export const residual =
  (branch: readonly Layer[], shortcut: readonly Layer[]): Layer =>
  (pass, x) => {
    const { ops } = pass;
    const main = chain(branch)(pass, x);
    const side = chain(shortcut)(pass, x);
    const y = ops.tidy(() => ops.relu(ops.add(main.y, side.y)));
    return {
      y,
      pullback: (dy) =>
        ops.tidy(() => {
          const dz = pass.kernels.reluGrad(dy, y);
          return ops.add(main.pullback(dz), side.pullback(dz));
        }),
    };
  };

/** Layers one after another; no layer is the identity. */
export const chain =
  (layers: readonly Layer[]): Layer =>
  (pass, x) => {
    const pullbacks: ((dy: Tensor) => Tensor)[] = [];
    let y = x;
    for (const layer of layers) {
      const applied = layer(pass, y);
      pullbacks.push(applied.pullback);
      y = applied.y;
    }
    return { y, pullback: (dy) => pullbacks.reduceRight((gradient, pullback) => pullback(gradient), dy) };
  };
