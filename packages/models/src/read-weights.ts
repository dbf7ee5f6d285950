import { OodError } from '@oodgrid/contract';
import {
  isTorchCheckpoint,
  openSafetensors,
  openTorchCheckpoint,
  type TensorEntry,
  writeSafetensors,
} from '@oodgrid/formats';
import { type Architecture, parametersOf } from './architectures/architecture.js';
import type { Parameters } from './modules/module.js';
import { requireWeights, type StoredTensors } from './weight-faults.js';

export interface ReadWeights {
  /** Safetensors with F32 tensors of PyTorch's names: the file itself where it is that already. */
  readonly blob: Uint8Array;
  /** Conversions and omissions, a line each. */
  readonly notes: readonly string[];
}

const MAX_NAMED = 5;

/**
 * Weights of a user's as workers get them: floats of any precision become F32, a prefix before every name is left out, tensors of
 * no use are passed over. Throws `corrupt-data` or `invalid-input` naming `path` and every tensor that is missing or misshapen.
 */
export function readWeights(
  bytes: Uint8Array,
  path: string,
  model: { readonly name: string; readonly architecture: Architecture; readonly classes: number },
): ReadWeights {
  const { architecture, classes, name } = model;
  const isCheckpoint = isTorchCheckpoint(bytes);
  const stored = isCheckpoint ? openTorchCheckpoint(bytes, path) : openSafetensors(bytes, path);
  const wanted = parametersOf(architecture, classes);
  const prefix = prefixOf(stored, wanted, path);
  const found: StoredTensors =
    prefix === ''
      ? stored
      : new Map(
          [...stored].flatMap(([key, tensor]) =>
            key.startsWith(prefix) ? [[key.slice(prefix.length), tensor] as const] : [],
          ),
        );
  requireClasses(found, wanted, { path, name, classes, head: `${architecture.head}.weight` });
  requireWeights({ path, title: `a ${architecture.name} of ${classes} classes`, wanted, found });
  const tensors = new Map([...wanted].map(([key, shape]) => [key, floats(found, key, shape, path)]));
  const notes = notesOn(found, wanted, prefix, architecture).map((line) => `${path}: ${line}`);
  const isPlain =
    !isCheckpoint && prefix === '' && [...wanted.keys()].every((key) => found.get(key)?.dtype === 'F32');
  return { blob: isPlain ? bytes : writeSafetensors(tensors), notes };
}

/**
 * Returns the prefix of every name, as wrappers of PyTorch add it (`module.`, `_orig_mod.`); the empty one where the names are
 * there without, and where no prefix fits most of them.
 */
function prefixOf(stored: StoredTensors, wanted: Parameters, path: string): string {
  const hits = new Map<string, number>();
  for (const key of stored.keys()) {
    for (const name of wanted.keys()) {
      if (key !== name && !key.endsWith(`.${name}`)) continue;
      const prefix = key.slice(0, key.length - name.length);
      hits.set(prefix, (hits.get(prefix) ?? 0) + 1);
    }
  }
  const most = Math.max(0, ...hits.values());
  if (2 * most < wanted.size) return '';
  const best = [...hits].filter(([, count]) => count === most).map(([prefix]) => prefix);
  const [only = ''] = best;
  if (best.length < 2 || best.includes('')) return best.includes('') ? '' : only;
  throw new OodError(
    'invalid-input',
    `${path}: the tensors are there more than once, under ${best.map((prefix) => JSON.stringify(prefix)).join(' and ')}; save those of one of them`,
  );
}

/** A head of another size is a wrong number in the grid, not a wrong file. */
function requireClasses(
  found: StoredTensors,
  wanted: Parameters,
  { path, name, classes, head }: { path: string; name: string; classes: number; head: string },
): void {
  const shape = found.get(head)?.shape ?? [];
  const [rows = classes, columns] = shape;
  if (shape.length !== 2 || rows === classes || columns !== wanted.get(head)?.[1]) return;
  throw new OodError(
    'invalid-input',
    `${path}: "${head}" has ${rows} classes, but the grid gives model "${name}" ${classes}; set classes: ${rows}`,
  );
}

function floats(found: StoredTensors, key: string, shape: readonly number[], path: string): TensorEntry {
  const values = found.get(key)?.read()?.data;
  if (!(values instanceof Float32Array || values instanceof Float64Array))
    throw new OodError('internal', `${path}: tensor ${JSON.stringify(key)} was not checked`);
  const data = values instanceof Float32Array ? values : Float32Array.from(values);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const beyond = Number.isFinite(values[bad]) ? ', which float32 does not reach' : '';
    throw new OodError(
      'corrupt-data',
      `${path}: tensor ${JSON.stringify(key)} holds ${values[bad]} at element ${bad}${beyond}`,
    );
  }
  return { dtype: 'F32', shape, data };
}

const PRECISIONS: Readonly<Record<string, string>> = { F16: 'float16', BF16: 'bfloat16', F64: 'float64' };

function notesOn(
  found: StoredTensors,
  wanted: Parameters,
  prefix: string,
  architecture: Architecture,
): string[] {
  const notes: string[] = [];
  if (prefix !== '') notes.push(`every name starts with ${JSON.stringify(prefix)}, which is left out`);
  const types = new Set([...wanted.keys()].map((key) => PRECISIONS[found.get(key)?.dtype ?? ''] ?? ''));
  const others = [...types].filter((type) => type !== '');
  if (others.length > 0) notes.push(`weights are ${others.join(' and ')}; they are computed with as float32`);
  // PyTorch counts the batches of training; nothing reads that.
  const unused = [...found.keys()].filter((key) => !wanted.has(key) && !key.endsWith('num_batches_tracked'));
  if (unused.length > 0) {
    const named = unused.slice(0, MAX_NAMED).map((key) => JSON.stringify(key));
    const more = unused.length > MAX_NAMED ? ` and ${unused.length - MAX_NAMED} more` : '';
    notes.push(`tensors that a ${architecture.name} does not use: ${named.join(', ')}${more}`);
  }
  return notes;
}
