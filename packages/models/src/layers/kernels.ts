import type { Tensor, Tensor4D } from '../tensors.js';

/**
 * The two gradient kernels that the layers need and that no public tfjs op offers on its own. Each
 * backend brings the fastest form it has; both give the gradient of the first maximum of a window and
 * zero where a ReLU's output is zero, as PyTorch does.
 */
export interface Kernels {
  /** `dy` where `y > 0`, else 0. */
  reluGrad(dy: Tensor, y: Tensor): Tensor;
  /** Gradient of non-overlapping `size` x `size` max-pooling without padding; `x` [n,h,w,c], `y` and `dy` [n,h/size,w/size,c]. */
  maxPoolGrad(dy: Tensor4D, x: Tensor4D, y: Tensor4D, size: number): Tensor4D;
}
