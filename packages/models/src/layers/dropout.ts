import {
  as2D,
  type Ops,
  rank4,
  shape4,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '../tensors.js';
import { chain } from './chain.js';
import { dense, flatten } from './dense.js';
import type { Layer } from './layer.js';

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
      const [n = Number.NaN, channels = Number.NaN, out = Number.NaN] = shares.shape;
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
