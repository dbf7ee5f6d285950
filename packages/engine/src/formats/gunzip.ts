import { gunzipSync } from 'node:zlib';
import { OodError } from '@oodgrid/protocol';

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
