import { ARCHITECTURES } from '../architectures.js';
import {
  chain,
  channelDropoutDense,
  conv2d,
  conv2dMaxPool,
  dense,
  dropout,
  maxPool,
} from '../layers/layers.js';
import type { ModelParts } from '../model.js';
import type { WeightReader } from '../weights.js';

/**
 * The LeNet of the FSSD paper's code (PyTorch's MNIST example): input [n, 28, 28, 1]; taps layer0
 * [n, 26, 26, 32], layer1 [n, 24, 24, 64], layer2 [n, 128] (penultimate), layer3 [n, classes] (logits).
 */
export function lenet(reader: WeightReader, classes: number): ModelParts {
  const conv = (name: string, inputs: number, outputs: number) =>
    ({
      kernel: reader.convKernel(reader.values(`${name}.weight`, [outputs, inputs, 3, 3]), [
        outputs,
        inputs,
        3,
        3,
      ]),
      bias: reader.vector(reader.values(`${name}.bias`, [outputs])),
      stride: 1,
      padding: 0,
      isReluApplied: true,
    }) as const;
  const conv2 = conv('conv2', 32, 64);
  const fc1 = reader.denseKernel(reader.values('fc1.weight', [128, 9216]), 128, [64, 12, 12]);
  const fc2 = dense(
    reader.denseKernel(reader.values('fc2.weight', [classes, 128]), classes, [128, 1, 1]),
    reader.vector(reader.values('fc2.bias', [classes])),
    false,
  );
  return {
    architecture: ARCHITECTURES.lenet,
    classes,
    stages: [
      { tap: 'layer0', layer: conv2d(conv('conv1', 1, 32)) },
      { tap: 'layer1', layer: conv2d(conv2) },
      { tap: 'pool', layer: maxPool(2), withPrevious: conv2dMaxPool(conv2, 2) },
      { tap: 'layer2', layer: channelDropoutDense(0, fc1, reader.vector(reader.values('fc1.bias', [128]))) },
      { tap: 'layer3', layer: chain([dropout(1), fc2]) },
    ],
    // Dropout2d on [n, c, h, w] drops whole channels; on the 2-D penultimate it drops single units.
    dropouts: [
      { rate: 0.25, units: 64 },
      { rate: 0.25, units: 128 },
    ],
    weights: reader.made,
  };
}
