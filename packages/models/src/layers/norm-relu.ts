import type { Tensor1D } from '../tensors.js';
import type { Layer } from './layer.js';

/** relu(x scale + shift), a number for each channel: batch normalisation with its running statistics before a convolution. */
export const normRelu =
  ({ scale, shift }: { readonly scale: Tensor1D; readonly shift: Tensor1D }): Layer =>
  ({ ops, kernels }, x) => {
    const y = ops.tidy(() => ops.relu(ops.add(ops.mul(x, scale), shift)));
    return { y, pullback: (dy) => ops.tidy(() => ops.mul(kernels.reluGrad(dy, y), scale)) };
  };
