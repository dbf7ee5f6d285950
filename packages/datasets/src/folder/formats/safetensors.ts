import { OodError } from '@oodgrid/contract';
import { openSafetensors } from '@oodgrid/formats';
import type { ArrayFile } from '../array-file.js';
import { arrayFormat } from '../array-format.js';

export function safetensorsFile(bytes: Uint8Array, path: string): ArrayFile {
  const tensors = openSafetensors(bytes, path);
  return {
    path,
    keys: [...tensors.keys()],
    list: () => [...tensors].map(([key, { dtype, shape }]) => ({ key, title: dtype, shape })),
    // Nothing is packed here: its values are in memory already.
    read: (key, check) => {
      const tensor = tensors.get(key);
      const array = tensor?.read();
      if (array !== undefined) {
        check?.(array);
        return array;
      }
      throw new OodError(
        'corrupt-data',
        `${path}: tensor ${JSON.stringify(key)} is ${tensor?.dtype}, which is not read; save it as U8, I64 or F32`,
      );
    },
  };
}

/** `test.safetensors` and `train.safetensors`. */
export const safetensors = arrayFormat('safetensors', safetensorsFile);
