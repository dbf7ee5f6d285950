import { crc32, inflateRawSync } from 'node:zlib';
import { OodError } from '@oodgrid/contract';
import type { PickleValue } from '../pickle/pickle-value.js';
import { unpickle } from '../pickle/unpickle.js';
import type { Refuse } from '../what-is-this-file.js';
import { packedMember, readZipDirectory, type ZipMember } from '../zip-directory.js';
import { requireStorage } from './storage-id.js';
import { torchNames } from './torch-names.js';
import { TorchStorage } from './torch-tensor.js';

const STORED = 0;
const DEFLATED = 8;
/** A pickle of a checkpoint names tensors; their numbers lie beside it. */
const MAX_PICKLE_BYTES = 256 * 1024 ** 2;

/** A checkpoint as `torch.save` writes it since PyTorch 1.6: a zip archive of a pickle and a member for each storage. */
export function readTorchZip(bytes: Uint8Array, refuse: Refuse): PickleValue {
  const members = new Map(directory(bytes, refuse).map((member) => [member.path, member]));
  const pickle = [...members.keys()].find((path) => path.endsWith('/data.pkl') || path === 'data.pkl');
  if (pickle === undefined) return refuse('it holds no data.pkl');
  const root = pickle.slice(0, -'data.pkl'.length);
  const member = (name: string) => members.get(root + name);
  const order = member('byteorder');
  if (order !== undefined && Buffer.from(unfolded(bytes, order, refuse)).toString('latin1') !== 'little')
    return refuse('it was written on a big-endian machine; save it again on a common one');
  const names = torchNames((parts) => {
    const { element, key, entries } = requireStorage(parts, refuse);
    return new TorchStorage(element, entries, () => {
      const stored = member(`data/${key}`);
      if (stored === undefined) return refuse(`storage ${JSON.stringify(key)} is missing`);
      return unfolded(bytes, stored, refuse);
    });
  }, refuse);
  const data = members.get(pickle);
  if (data === undefined || data.unpackedBytes > MAX_PICKLE_BYTES)
    return refuse(`its data.pkl has more than ${MAX_PICKLE_BYTES} bytes`);
  return unpickle(unfolded(bytes, data, refuse), names, refuse).value;
}

function directory(bytes: Uint8Array, refuse: Refuse): readonly ZipMember[] {
  try {
    return readZipDirectory(bytes, refuse);
  } catch (cause) {
    if (cause instanceof OodError) throw cause;
    return refuse(OodError.from(cause).message);
  }
}

function unfolded(bytes: Uint8Array, member: ZipMember, refuse: Refuse): Uint8Array {
  const { path, method, isEncrypted, unpackedBytes, checksum } = member;
  const name = `member ${JSON.stringify(path)}`;
  if (isEncrypted || (method !== STORED && method !== DEFLATED))
    return refuse(`${name} is packed in a way that torch.save does not use`);
  const packed = packedMember(bytes, member, refuse);
  const raw = method === STORED ? packed : inflated(packed, unpackedBytes, name, refuse);
  if (raw.length !== unpackedBytes)
    return refuse(`${name} has ${raw.length} bytes, the directory says ${unpackedBytes}`);
  if (crc32(raw) !== checksum) return refuse(`${name} fails its checksum (damaged?)`);
  return raw;
}

function inflated(packed: Uint8Array, size: number, name: string, refuse: Refuse): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: size + 1 });
  } catch (cause) {
    return refuse(`${name} could not be unpacked (damaged?): ${OodError.from(cause).message}`);
  }
}
