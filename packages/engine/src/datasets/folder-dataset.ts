import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OodError } from '@oodgrid/protocol';
import { parseNpz } from '../formats/npz.js';
import type { DecodedSplit, SplitKind } from './dataset.js';
import { checkedSplit, parseDatasetBlob } from './dataset-blob.js';
import { decodeIdxPair, idxFiles } from './idx-pair.js';
import type { LoadedSplit } from './load-dataset.js';

/**
 * Reads one split of a user's folder: `<split>.npz` or `<split>.safetensors` with uint8 `images` and integer
 * `labels`, or IDX files named as MNIST's. Throws `not-found` with what was looked for.
 */
export async function loadFolderDataset(dir: string, split: SplitKind): Promise<LoadedSplit> {
  const decoded = (await fromArchive(dir, split)) ?? (await fromIdx(dir, split));
  if (decoded !== undefined) return { ...decoded, source: dir };
  const names = [`${split}.npz`, `${split}.safetensors`, ...idxFiles(split).map(([name]) => name)];
  throw new OodError('not-found', `${dir}: no ${split} split; looked for ${names.join(', ')}`);
}

async function fromArchive(dir: string, split: SplitKind): Promise<DecodedSplit | undefined> {
  const npz = join(dir, `${split}.npz`);
  const archive = await readIfThere(npz);
  if (archive !== undefined) {
    const arrays = parseNpz(archive, npz);
    return checkedSplit(arrays.get('images'), arrays.get('labels'), npz);
  }
  const safetensors = join(dir, `${split}.safetensors`);
  const blob = await readIfThere(safetensors);
  return blob === undefined ? undefined : parseDatasetBlob(blob, safetensors);
}

async function fromIdx(dir: string, split: SplitKind): Promise<DecodedSplit | undefined> {
  const files: Uint8Array[] = [];
  const names: string[] = [];
  for (const candidates of idxFiles(split)) {
    for (const name of candidates) {
      const bytes = await readIfThere(join(dir, name));
      if (bytes === undefined) continue;
      files.push(bytes);
      names.push(join(dir, name));
      break;
    }
  }
  if (files.length < 2) return undefined;
  const decoded = decodeIdxPair(files, names);
  if (decoded.shape[0] === 0) throw new OodError('invalid-input', `${names[0]}: the data set is empty`);
  return decoded;
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    const error = OodError.from(cause);
    if (error.code === 'not-found') return undefined;
    throw new OodError('unavailable', `${path}: ${error.message}`, { cause });
  }
}
