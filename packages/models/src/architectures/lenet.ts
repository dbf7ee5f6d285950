import { conv2d, conv2dThenMaxPool } from '../modules/conv2d.js';
import { dropout, dropout2dLinear } from '../modules/dropout.js';
import { linear } from '../modules/linear.js';
import { maxPool2d } from '../modules/pooling.js';
import { sequential } from '../modules/sequential.js';
import type { Architecture } from './architecture.js';

const conv1 = { name: 'conv1', inputs: 1, outputs: 32, size: 3 };
const conv2 = { name: 'conv2', inputs: 32, outputs: 64, size: 3 };

/**
 * The LeNet of the FSSD paper's code (PyTorch's MNIST example): input [n, 28, 28, 1]; taps layer0 [n, 26, 26, 32],
 * layer1 [n, 24, 24, 64], layer2 [n, 128] (penultimate), layer3 [n, classes] (logits).
 */
export const lenet = {
  name: 'lenet',
  input: [28, 28, 1],
  layerTaps: ['layer0', 'layer1', 'layer2', 'layer3'],
  penultimate: 'layer2',
  logits: 'layer3',
  head: 'fc2',
  stochasticTap: 'pool',
  stages: (classes) => [
    { tap: 'layer0', module: conv2d(conv1) },
    { tap: 'layer1', module: conv2d(conv2) },
    { tap: 'pool', module: maxPool2d(2), withPrevious: conv2dThenMaxPool(conv2, 2) },
    {
      tap: 'layer2',
      module: dropout2dLinear(
        { rate: 0.25, input: [12, 12, 64] },
        { name: 'fc1', inputs: 9216, outputs: 128 },
      ),
    },
    {
      tap: 'layer3',
      module: sequential([
        dropout({ rate: 0.25, units: 128 }),
        linear({ name: 'fc2', inputs: 128, outputs: classes }),
      ]),
    },
  ],
} as const satisfies Architecture;
