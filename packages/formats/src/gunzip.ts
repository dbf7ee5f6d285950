import { constants, gunzipSync } from 'node:zlib';
import { OodError } from '@oodgrid/contract';

/** Unpacks a file that may be gzipped, to at most `limitBytes`. Throws `corrupt-data` naming `name`. */
export function unzipped(bytes: Uint8Array, name: string, limitBytes: number): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: limitBytes });
  } catch (cause) {
    const { message } = OodError.from(cause);
    throw new OodError(
      'corrupt-data',
      `${name}: could not be unpacked (truncated, damaged, or larger than ${limitBytes} bytes): ${message}`,
      { cause },
    );
  }
}

/** Packed bytes to look at for a header: they unfold to 4 MiB at most. */
const PEEK_BYTES = 4096;

/** The first bytes of a file that may be gzipped, as many as its first packed bytes give. Throws `corrupt-data`. */
export function unzippedStart(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes.subarray(0, PEEK_BYTES), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (cause) {
    const { message } = OodError.from(cause);
    throw new OodError('corrupt-data', `${name}: could not be unpacked (damaged): ${message}`, { cause });
  }
}
