import { createRequire } from 'node:module';
import { join } from 'node:path';
import { OodError } from '@oodgrid/contract';
import type { Kernels } from '@oodgrid/models';
import { as4D, type Tensor, tf } from './tensors.js';

const require = createRequire(import.meta.url);

/** The part of tfjs-node's binding and backend that this file uses. */
interface Binding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_STRING: number;
}
interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string | readonly number[];
}
interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  executeSingleOutput(op: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor;
}

export interface NativeEngine {
  readonly version: string;
  readonly isGpu: boolean;
  readonly kernels: Kernels;
}

/**
 * Registers TensorFlow, compiled for tfjs-node by the set-up, as tfjs's backend. `folder` holds
 * `lib/tfjs_binding.node` with its shared libraries beside it; tfjs-node's own entry point is not used
 * because it insists on a binding inside node_modules.
 */
export function loadNative(folder: string): NativeEngine {
  const path = join(folder, 'lib', 'tfjs_binding.node');
  try {
    const binding: Binding = require(path);
    require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
    const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend');
    const backend = new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu');
    tf.registerBackend('tensorflow', () => backend, 3);
    if (!tf.setBackend('tensorflow')) throw new Error('tfjs refused the backend');
    return {
      version: binding.TF_Version,
      isGpu: backend.isUsingGpuDevice,
      kernels: nativeKernels(binding, backend),
    };
  } catch (cause) {
    const reason = OodError.from(cause).message;
    throw new OodError(
      'engine-missing',
      `${path}: native TensorFlow could not be loaded: ${reason}. Run "npm run setup" to build it again.`,
      { cause },
    );
  }
}

function nativeKernels(binding: Binding, backend: NativeBackend): Kernels {
  const float: Attribute = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  return {
    reluGrad: (dy, y) => backend.executeSingleOutput('ReluGrad', [float], [dy, y]),
    maxPoolGrad: (dy, x, y, size) => {
      const window = [1, size, size, 1];
      const [n, height, width, channels] = x.shape;
      const attributes: Attribute[] = [
        float,
        { name: 'ksize', type: binding.TF_ATTR_INT, value: window },
        { name: 'strides', type: binding.TF_ATTR_INT, value: window },
        { name: 'padding', type: binding.TF_ATTR_STRING, value: 'VALID' },
        { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
      ];
      return as4D(backend.executeSingleOutput('MaxPoolGrad', attributes, [x, y, dy]), [
        n,
        height,
        width,
        channels,
      ]);
    },
  };
}
