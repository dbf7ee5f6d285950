import { crc32, inflateRawSync } from 'node:zlib';
import { OodError } from '@oodgrid/protocol';
import { type Zippable, zipSync } from 'fflate';
import { type NpyArray, parseNpy, writeNpy } from './npy.js';

/** Largest array that a member of an archive may unfold to. */
const MAX_MEMBER_BYTES = 4 * 1024 ** 3 - 1;
const END_RECORD = 0x06054b50;
const CENTRAL_RECORD = 0x02014b50;

/**
 * Reads every array of an .npz archive, by name without `.npy`. Sizes are bounded before anything is
 * unfolded. Throws `corrupt-data` naming `name` and the member.
 */
export function parseNpz(bytes: Uint8Array, name: string): ReadonlyMap<string, NpyArray> {
  const refuse = (what: string): never => {
    throw new OodError('corrupt-data', `${name}: not a readable npz archive: ${what}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const arrays = new Map<string, NpyArray>();
  try {
    let end = bytes.length - 22;
    while (end >= 0 && view.getUint32(end, true) !== END_RECORD) end--;
    if (end < 0) return refuse('it has no zip directory (truncated?)');
    let at = view.getUint32(end + 16, true);
    for (let left = view.getUint16(end + 10, true); left > 0; left--) {
      if (view.getUint32(at, true) !== CENTRAL_RECORD) return refuse(`no directory entry at byte ${at}`);
      const method = view.getUint16(at + 10, true);
      const checksum = view.getUint32(at + 16, true);
      const packed = view.getUint32(at + 20, true);
      const unpacked = view.getUint32(at + 24, true);
      const nameBytes = view.getUint16(at + 28, true);
      const local = view.getUint32(at + 42, true);
      const member = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameBytes));
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      if (start + packed > bytes.length) return refuse(`member "${member}" ends beyond the file`);
      const body = bytes.subarray(start, start + packed);
      const raw =
        method === 8
          ? inflateRawSync(body, { maxOutputLength: Math.min(unpacked + 1, MAX_MEMBER_BYTES) })
          : body;
      if (raw.length !== unpacked)
        return refuse(`member "${member}" has ${raw.length} bytes, the directory says ${unpacked}`);
      if (crc32(raw) !== checksum) return refuse(`member "${member}" fails its checksum (damaged?)`);
      arrays.set(member.replace(/\.npy$/, ''), parseNpy(raw, `${name}: ${member}`));
      at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    }
  } catch (cause) {
    const error = OodError.from(cause);
    if (error.code === 'corrupt-data') throw error;
    throw new OodError('corrupt-data', `${name}: not a readable npz archive: ${error.message}`, { cause });
  }
  return arrays;
}

/** Writes arrays as numpy reads them; the same arrays always give the same bytes. */
export function writeNpz(arrays: ReadonlyMap<string, NpyArray>): Uint8Array {
  const files: Zippable = {};
  for (const [key, array] of arrays)
    files[`${key}.npy`] = [writeNpy(array), { mtime: '1980-01-01T00:00:00' }];
  return zipSync(files, { level: 6 });
}
