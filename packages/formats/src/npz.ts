import { constants, crc32, inflateRawSync } from 'node:zlib';
import { OodError } from '@oodgrid/contract';
import { type Zippable, zipSync } from 'fflate';
import type { ListedArray, NumericArray, ShapeCheck } from './array-types.js';
import { type NpyArray, type NpyHeader, parseNpy, parseNpyHeader, requireNpySize, writeNpy } from './npy.js';
import { type Refuse, refuser } from './what-is-this-file.js';
import { packedMember, readZipDirectory, type ZipMember } from './zip-directory.js';

/** Largest array that a member of an archive may decompress to: the limit of a buffer. */
const MAX_MEMBER_BYTES = 4 * 1024 ** 3 - 1;
/** An array stands in memory twice while it is unfolded: in pieces, and as one. */
const COPIES = 2;
const MIB = 1024 ** 2;
/** Packed bytes to look at for a header: they unfold to 4 MiB at most. */
const PEEK_BYTES = 4096;

const METHODS: Readonly<Record<number, string>> = {
  1: 'shrink',
  6: 'implode',
  9: 'deflate64',
  12: 'bzip2',
  14: 'LZMA',
  20: 'Zstandard',
  93: 'Zstandard',
  95: 'xz',
  98: 'PPMd',
  99: 'AES encryption',
};

/** An .npz archive whose members are unfolded one by one, when they are asked for. */
export interface NpzArchive {
  /** Names of the arrays, without `.npy`, folders inside the archive included. */
  readonly keys: readonly string[];
  /** Lists the members of the archive, arrays or not, for messages. */
  list(): readonly ListedArray[];
  /**
   * Throws `corrupt-data` for what cannot be read as numbers, `resource-exhausted` for what does not fit into memory, and what
   * `check` throws, all before the array is unfolded.
   */
  read(key: string, check?: ShapeCheck): NumericArray;
}

/**
 * Opens an archive; throws `corrupt-data` naming `name` where it is none. `freeBytes` is the memory that this process may still
 * take.
 */
export function openNpz(
  bytes: Uint8Array,
  name: string,
  freeBytes: () => number = () => process.availableMemory(),
): NpzArchive {
  const refuse = refuser(bytes, name, 'npz', 'npz archive');
  const members = inBounds(refuse, () => readZipDirectory(bytes, refuse)).filter(
    ({ path }) => !path.endsWith('/'),
  );
  const arrays = new Map(
    members.flatMap((member) =>
      member.path.endsWith('.npy') ? [[member.path.slice(0, -4), member] as const] : [],
    ),
  );
  if (arrays.size === 0 && members.length > 0) return refuse('it holds no array');
  return {
    keys: [...arrays.keys()],
    list: () => members.map((member) => listedMember(bytes, member)),
    read: (key, check) => {
      const member = arrays.get(key);
      if (member === undefined) throw new OodError('not-found', `${name}: no array "${key}"`);
      return inBounds(refuse, () => {
        requireMember(bytes, member, name, check);
        requireMemory(member, name, freeBytes());
        return unfoldMember(bytes, member, name);
      });
    },
  };
}

/** Every array of an archive that holds nothing but numbers. Throws `corrupt-data` naming `name` and the member. */
export function parseNpz(bytes: Uint8Array, name: string): ReadonlyMap<string, NumericArray> {
  const archive = openNpz(bytes, name);
  return new Map(archive.keys.map((key) => [key, archive.read(key)]));
}

/** Turns an error of DataView or zlib into a refusal of the damaged archive. */
function inBounds<T>(refuse: Refuse, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof OodError) throw cause;
    return refuse(OodError.from(cause).message);
  }
}

/** Type, shape and size, from what header and directory say. */
function requireMember(
  bytes: Uint8Array,
  member: ZipMember,
  name: string,
  check: ShapeCheck | undefined,
): void {
  const { path, unpackedBytes } = member;
  const refuse = memberRefuser(name, path);
  const header = peekHeader(packedMember(bytes, member, refuse), member, refuse);
  const dtype = requireNpySize(header, unpackedBytes, refuse);
  check?.({ dtype, shape: header.shape });
  if (unpackedBytes > MAX_MEMBER_BYTES)
    refuse(`${unpackedBytes} bytes are more than the ${MAX_MEMBER_BYTES} that are read`);
}

function requireMemory({ path, unpackedBytes }: ZipMember, name: string, freeBytes: number): void {
  const needed = COPIES * unpackedBytes;
  if (needed <= freeBytes) return;
  throw new OodError(
    'resource-exhausted',
    `${name}: member ${JSON.stringify(path)} unfolds to ${Math.ceil(unpackedBytes / MIB)} MiB and needs ${Math.ceil(needed / MIB)} MiB of memory while it is read; ${Math.floor(freeBytes / MIB)} MiB are free: save images as uint8, take fewer of them, or use a machine with more memory`,
  );
}

function unfoldMember(bytes: Uint8Array, member: ZipMember, name: string): NumericArray {
  const { path, unpackedBytes, checksum } = member;
  const refuse = memberRefuser(name, path);
  const packed = packedMember(bytes, member, refuse);
  const raw = unfolded(packed, member, refuse);
  if (raw.length !== unpackedBytes)
    return refuse(`it has ${raw.length} bytes, the directory says ${unpackedBytes}`);
  if (crc32(raw) !== checksum) return refuse('it fails its checksum (damaged?)');
  return parseNpy(raw, `${name}: ${path}`);
}

function memberRefuser(name: string, path: string): Refuse {
  return (what) => {
    throw new OodError('corrupt-data', `${name}: member ${JSON.stringify(path)}: ${what}`);
  };
}

/** The header of a member, from its first bytes. */
function peekHeader(packed: Uint8Array, member: ZipMember, refuse: Refuse): NpyHeader {
  const { method, isEncrypted } = member;
  if (isEncrypted) return refuse('it is encrypted; save the arrays again with numpy.savez_compressed');
  if (method !== 0 && method !== 8) {
    const title = METHODS[method] ?? `method ${method}`;
    return refuse(
      `it is packed by ${title}; numpy packs by deflate: save the arrays again with numpy.savez_compressed`,
    );
  }
  const start = packed.subarray(0, PEEK_BYTES);
  return parseNpyHeader(
    method === 0 ? start : inflateRawSync(start, { finishFlush: constants.Z_SYNC_FLUSH }),
    refuse,
  );
}

function unfolded(packed: Uint8Array, { method, unpackedBytes }: ZipMember, refuse: Refuse): Uint8Array {
  if (method === 0) return packed;
  try {
    return inflateRawSync(packed, { maxOutputLength: unpackedBytes + 1 });
  } catch (cause) {
    return refuse(`it could not be unpacked (damaged?): ${OodError.from(cause).message}`);
  }
}

function listedMember(bytes: Uint8Array, member: ZipMember): ListedArray {
  const { path } = member;
  if (!path.endsWith('.npy')) return { key: path, title: '(no array)' };
  const key = path.slice(0, -4);
  try {
    const refuse = memberRefuser('', path);
    const { title, shape } = peekHeader(packedMember(bytes, member, refuse), member, refuse);
    return { key, title, shape };
  } catch {
    return { key, title: '(not readable)' };
  }
}

/** Writes arrays as numpy reads them; the same arrays always give the same bytes. */
export function writeNpz(arrays: ReadonlyMap<string, NpyArray>): Uint8Array {
  const files: Zippable = {};
  for (const [key, array] of arrays)
    files[`${key}.npy`] = [writeNpy(array), { mtime: '1980-01-01T00:00:00' }];
  return zipSync(files, { level: 6 });
}
