import { flattenSamples, type Tensor1D, type Tensor2D } from '../tensors.js';
import type { Layer } from './layer.js';

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

/** [n, h, w, c] to [n, h * w * c]. */
export const flatten: Layer = ({ ops }, x) => ({
  y: flattenSamples(ops, x),
  pullback: (dy) => ops.reshape(dy, x.shape),
});
