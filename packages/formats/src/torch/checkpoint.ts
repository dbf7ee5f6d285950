import { PickleDict, type PickleValue } from '../pickle/pickle-value.js';
import type { StoredTensor } from '../safetensors.js';
import { type Refuse, refuser, whatIsThisFile } from '../what-is-this-file.js';
import { readTorchLegacy } from './torch-legacy.js';
import { TorchTensor } from './torch-tensor.js';
import { readTorchZip } from './torch-zip.js';

/** Training's own state, which repeats the shapes of the weights and is none of them. */
const NO_WEIGHTS =
  /^(optimizers?|optim|optimizer_state(_dict)?|optimizer_states|lr_schedulers?|schedulers?|scaler|amp|rng.*)$/i;
/** Deepest level at which a state dict is searched for in a checkpoint of a training loop. */
const MAX_DEPTH = 6;

/** Whether a file is what `torch.save` writes, by its first bytes. */
export function isTorchCheckpoint(bytes: Uint8Array): boolean {
  const kind = whatIsThisFile(bytes)?.kind;
  return kind === 'torch-zip' || kind === 'torch-legacy';
}

/**
 * Tensors of a PyTorch checkpoint by their names; those of nested dicts by the names joined with dots (`state_dict.conv1.weight`).
 * The state of optimizers and schedulers is left out. Nothing of the file is executed. Throws `corrupt-data` naming `name`, and the
 * global where it names code instead of data.
 */
export function openTorchCheckpoint(bytes: Uint8Array, name: string): ReadonlyMap<string, StoredTensor> {
  const kind = whatIsThisFile(bytes)?.kind === 'torch-legacy' ? 'torch-legacy' : 'torch-zip';
  const refuse = refuser(bytes, name, kind, 'PyTorch checkpoint');
  const root = kind === 'torch-zip' ? readTorchZip(bytes, refuse) : readTorchLegacy(bytes, refuse);
  const tensors = new Map<string, StoredTensor>();
  collect(root, '', { tensors, seen: new Set(), refuse });
  if (tensors.size === 0) refuse('it holds no tensor by name; save model.state_dict()');
  return tensors;
}

interface Collected {
  readonly tensors: Map<string, StoredTensor>;
  /** A dict that is there twice, or within itself, is looked at once. */
  readonly seen: Set<PickleDict>;
  readonly refuse: Refuse;
}

function collect(value: PickleValue, path: string, collected: Collected, depth = 0): void {
  if (value instanceof TorchTensor) {
    if (collected.tensors.has(path)) collected.refuse(`tensor ${JSON.stringify(path)} is there twice`);
    collected.tensors.set(path, value);
    return;
  }
  if (!(value instanceof PickleDict) || collected.seen.has(value) || depth > MAX_DEPTH) return;
  collected.seen.add(value);
  for (const [key, entry] of value.entries) {
    if (typeof key !== 'string' || (depth === 0 && NO_WEIGHTS.test(key))) continue;
    collect(entry, path === '' ? key : `${path}.${key}`, collected, depth + 1);
  }
}
