import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { OodError } from '@oodgrid/contract';
import { tf } from './tensors.js';

const require = createRequire(import.meta.url);

/** Registers tfjs's WebAssembly backend on one thread; returns its version. */
export async function loadWasm(): Promise<string> {
  try {
    const wasm: typeof import('@tensorflow/tfjs-backend-wasm') = require('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
    wasm.setThreadsCount(1);
    if (!(await tf.setBackend('wasm'))) throw new Error('tfjs refused the backend');
    return wasm.version_wasm;
  } catch (cause) {
    throw new OodError(
      'engine-missing',
      `the WebAssembly engine could not be loaded: ${OodError.from(cause).message}`,
      {
        cause,
      },
    );
  }
}
