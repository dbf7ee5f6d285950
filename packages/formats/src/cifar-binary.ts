import { OodError } from '@oodgrid/contract';
import { channelsLast } from './channels-last.js';
import { unzipped } from './gunzip.js';
import { refuser } from './what-is-this-file.js';

const PIXELS = 32 * 32;
const RECORD = 1 + 3 * PIXELS;
const MAX_BYTES = 1024 ** 3;

/** Reads a CIFAR-10 binary batch (a label byte, then 32x32 red, green and blue planes); images come out as [n, h, w, c]. */
export function parseCifarBinary(
  bytes: Uint8Array,
  name: string,
): { readonly images: Uint8Array; readonly labels: Uint8Array } {
  const raw = unzipped(bytes, name, MAX_BYTES);
  const count = raw.length / RECORD;
  if (!Number.isInteger(count) || count === 0) {
    const refuse = refuser(raw, name, undefined, 'CIFAR-10 batch');
    return refuse(`${raw.length} bytes are no whole number of records of ${RECORD} bytes`);
  }
  const images = new Uint8Array(count * 3 * PIXELS);
  const labels = new Uint8Array(count);
  for (let record = 0; record < count; record++) {
    const label = raw[record * RECORD];
    if (label === undefined || label > 9)
      throw new OodError('corrupt-data', `${name}: record ${record} has label ${label}, CIFAR-10 has 0 to 9`);
    labels[record] = label;
    const planes = raw.subarray(record * RECORD + 1, (record + 1) * RECORD);
    images.set(channelsLast(planes, 1, PIXELS, 3), record * 3 * PIXELS);
  }
  return { images, labels };
}
