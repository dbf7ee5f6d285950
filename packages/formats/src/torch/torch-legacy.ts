import { PickleDict, type PickleValue } from '../pickle/pickle-value.js';
import { type PickleNames, unpickle } from '../pickle/unpickle.js';
import type { Refuse } from '../what-is-this-file.js';
import { requireStorage, type StorageId } from './storage-id.js';
import { torchNames } from './torch-names.js';
import { elementBytes, TorchStorage } from './torch-tensor.js';

const PROTOCOL = 1001;

/**
 * A checkpoint as `torch.save` wrote it before PyTorch 1.6: a magic number, a version, facts of the machine, the object and the
 * keys of its storages, each a pickle; then each storage: the number of its entries, and they.
 */
export function readTorchLegacy(bytes: Uint8Array, refuse: Refuse): PickleValue {
  let data: ReadonlyMap<string, Uint8Array> = new Map();
  const elements = new Map<string, StorageId>();
  const storageOf = (parts: readonly PickleValue[]): TorchStorage => {
    const id = requireStorage(parts, refuse);
    const known = elements.get(id.key);
    if (known !== undefined && known.element !== id.element)
      return refuse(`storage ${JSON.stringify(id.key)} has two types`);
    elements.set(id.key, id);
    const whole = () => data.get(id.key) ?? refuse(`storage ${JSON.stringify(id.key)} is missing`);
    if (id.view === undefined) return new TorchStorage(id.element, id.entries, whole);
    const { offset, entries } = id.view;
    const width = elementBytes(id.element) ?? refuse(`${id.element} has no views`);
    return new TorchStorage(id.element, entries, () =>
      whole().subarray(offset * width, (offset + entries) * width),
    );
  };
  const nothing: PickleNames = { find: () => undefined, advice: () => '' };
  // The magic number has been looked at by whoever took the file for a checkpoint.
  const magic = unpickle(bytes, nothing, refuse);
  const version = unpickle(bytes, nothing, refuse, magic.end);
  if (version.value !== PROTOCOL) return refuse(`its version is ${String(version.value)}, not ${PROTOCOL}`);
  const machine = unpickle(bytes, nothing, refuse, version.end);
  if (machine.value instanceof PickleDict && machine.value.get('little_endian') === false)
    return refuse('it was written on a big-endian machine; save it again on a common one');
  const object = unpickle(bytes, torchNames(storageOf, refuse), refuse, machine.end);
  const keys = unpickle(bytes, nothing, refuse, object.end);
  if (!Array.isArray(keys.value)) return refuse('it has no list of storages');
  data = storagesAt(bytes, keys.end, keys.value, elements, refuse);
  return object.value;
}

/** The bytes of each storage, by its key. */
function storagesAt(
  bytes: Uint8Array,
  from: number,
  keys: readonly PickleValue[],
  elements: ReadonlyMap<string, StorageId>,
  refuse: Refuse,
): ReadonlyMap<string, Uint8Array> {
  const data = new Map<string, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = from;
  for (const key of keys) {
    const id = typeof key === 'string' ? elements.get(key) : undefined;
    if (id === undefined) return refuse('a storage is listed that nothing refers to');
    const width = elementBytes(id.element) ?? refuse(`storage of type ${id.element}`);
    if (at + 8 > bytes.length) return refuse(`it ends before storage ${JSON.stringify(key)}`);
    const entries = Number(view.getBigInt64(at, true));
    const size = entries * width;
    if (entries !== id.entries || at + 8 + size > bytes.length)
      return refuse(
        `storage ${JSON.stringify(key)} of ${id.entries} entries claims ${entries}, ${bytes.length - at - 8} bytes are left`,
      );
    data.set(id.key, bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  }
  return data;
}
