import { rank4, type Tensor, type Tensor4D } from '../tensors.js';
import type { ConvWeights } from '../weights.js';
import type { Layer, Pass } from './layer.js';

export interface ConvOptions extends ConvWeights {
  readonly stride: 1 | 2;
  /** Zeros on each side, as PyTorch counts them. */
  readonly padding: number;
  readonly isReluApplied: boolean;
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
