import { PickleGlobal, PickleTuple, type PickleValue } from '../pickle/pickle-value.js';
import type { Refuse } from '../what-is-this-file.js';
import { STORAGE_TYPES } from './torch-tensor.js';

/** A pickle's description of a storage kept outside of it. */
export interface StorageId {
  /** `Float`, `Long`, ... */
  readonly element: string;
  readonly key: string;
  readonly entries: number;
  /** Of a storage that is part of another, in entries; only old files have it. */
  readonly view: { readonly offset: number; readonly entries: number } | undefined;
}

/** (type, key, device, entries[, view]), each part checked. */
export function requireStorage(parts: readonly PickleValue[], refuse: Refuse): StorageId {
  const [type, key, , entries, view] = parts;
  const element = type instanceof PickleGlobal ? STORAGE_TYPES.get(type.name) : undefined;
  if (element === undefined || typeof key !== 'string' || !isCount(entries))
    return refuse('a storage is described in a way that is not known');
  if (view === undefined || view === null) return { element, key, entries, view: undefined };
  const [, offset, length] = view instanceof PickleTuple ? view.items : [];
  if (!isCount(offset) || !isCount(length) || offset + length > entries)
    return refuse(`a part of storage ${JSON.stringify(key)} reaches beyond it`);
  return { element, key, entries, view: { offset, entries: length } };
}

const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
