import type { Refuse } from './what-is-this-file.js';

/** One member of a zip archive, as its directory lists it. */
export interface ZipMember {
  readonly path: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly checksum: number;
  /** Sizes as the directory claims them. */
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Offset of the member's own header. */
  readonly local: number;
}

const END_RECORD = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_END_RECORD = 0x06064b50;
const CENTRAL_RECORD = 0x02014b50;
const LOCAL_RECORD = 0x04034b50;
const UNSET_32 = 0xffffffff;

/** Lists the members of a zip archive, 64-bit sizes too. Throws a RangeError or by `refuse` where it is damaged. */
export function readZipDirectory(bytes: Uint8Array, refuse: Refuse): readonly ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, offset } = directoryPlace(view, refuse);
  const members: ZipMember[] = [];
  let at = offset;
  for (let left = count; left > 0; left--) {
    if (view.getUint32(at, true) !== CENTRAL_RECORD) return refuse(`no directory entry at byte ${at}`);
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const extra = at + 46 + nameBytes;
    const [unpackedBytes, packedBytes, local] = zip64Sizes(view, extra, extraBytes, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    members.push({
      path: new TextDecoder().decode(bytes.subarray(at + 46, extra)),
      method: view.getUint16(at + 10, true),
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      checksum: view.getUint32(at + 16, true),
      packedBytes,
      unpackedBytes,
      local,
    });
    at = extra + extraBytes + view.getUint16(at + 32, true);
  }
  return members;
}

/** The packed bytes of a member. */
export function packedMember(
  bytes: Uint8Array,
  { path, local, packedBytes }: ZipMember,
  refuse: Refuse,
): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL_RECORD)
    return refuse(`member ${JSON.stringify(path)} is not where the directory says`);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packedBytes > bytes.length)
    return refuse(`member ${JSON.stringify(path)} ends beyond the file`);
  return bytes.subarray(start, start + packedBytes);
}

function directoryPlace(view: DataView, refuse: Refuse): { readonly count: number; readonly offset: number } {
  const lowest = Math.max(0, view.byteLength - END_BYTES - MAX_COMMENT_BYTES);
  let end = view.byteLength - END_BYTES;
  while (end >= lowest && view.getUint32(end, true) !== END_RECORD) end--;
  if (end < lowest) return refuse('it has no zip directory (truncated?)');
  const locator = end - 20;
  if (locator >= 0 && view.getUint32(locator, true) === ZIP64_LOCATOR) {
    const record = Number(view.getBigUint64(locator + 8, true));
    if (record + 56 > view.byteLength || view.getUint32(record, true) !== ZIP64_END_RECORD)
      return refuse('its 64-bit zip directory is not where it says');
    return {
      count: Number(view.getBigUint64(record + 32, true)),
      offset: Number(view.getBigUint64(record + 48, true)),
    };
  }
  return { count: view.getUint16(end + 10, true), offset: view.getUint32(end + 16, true) };
}

type Sizes = readonly [unpackedBytes: number, packedBytes: number, local: number];

/** Fields that do not fit 32 bits stand in an extra block, in their order, those only. */
function zip64Sizes(view: DataView, from: number, length: number, fields: Sizes): Sizes {
  if (!fields.includes(UNSET_32)) return fields;
  for (let at = from; at + 4 <= from + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    const sizeOf = (field: number): number => {
      if (field !== UNSET_32) return field;
      next += 8;
      return Number(view.getBigUint64(next - 8, true));
    };
    const [unpackedBytes, packedBytes, local] = fields;
    return [sizeOf(unpackedBytes), sizeOf(packedBytes), sizeOf(local)];
  }
  return fields;
}
