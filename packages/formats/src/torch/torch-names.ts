import {
  PickleDict,
  PickleGlobal,
  PickleObject,
  PickleSet,
  PickleTuple,
  type PickleValue,
} from '../pickle/pickle-value.js';
import type { PickleNames } from '../pickle/unpickle.js';
import type { Refuse } from '../what-is-this-file.js';
import { STORAGE_TYPES, TorchStorage, TorchTensor } from './torch-tensor.js';

/** An array, a number or a type of NumPy beside the tensors (an accuracy, say): nobody reads it. */
class Unread extends PickleObject {
  setState(): void {}
}

/** Containers and NumPy values: data that is made without running anything. */
const PLAIN: readonly (readonly [string, (args: readonly PickleValue[]) => PickleValue])[] = [
  ['collections.OrderedDict', ([pairs]) => dictOf(pairs)],
  ['collections.defaultdict', () => new PickleDict()],
  ['collections.Counter', ([pairs]) => (pairs instanceof PickleDict ? pairs : new PickleDict())],
  ['torch.Size', ([sizes = null]) => sizes],
  ...['builtins.set', '__builtin__.set', 'builtins.frozenset', '__builtin__.frozenset'].map(
    (name) => [name, () => new PickleSet()] as const,
  ),
  ['_codecs.encode', ([text = null]) => text],
  ...['numpy', 'numpy.core.multiarray', 'numpy._core.multiarray'].flatMap((module) =>
    ['dtype', 'scalar', '_reconstruct'].map((name) => [`${module}.${name}`, () => new Unread()] as const),
  ),
];

/** Types that are named, as an element type or as the kind of a dict's default, and never called. */
const NAMED =
  /^(torch\.(float16|bfloat16|float32|float64|uint8|int8|int16|int32|int64|bool|float|double|half|long|int|device)|numpy\.ndarray|(builtins|__builtin__)\.(dict|list|int|float|bool|str|tuple))$/;

/**
 * Globals that a checkpoint may name: storages and tensors of numbers, containers, NumPy values. `storageOf` finds a storage by what
 * the pickle says of it.
 */
export function torchNames(
  storageOf: (id: readonly PickleValue[]) => TorchStorage,
  refuse: Refuse,
): PickleNames {
  const tensor = (args: readonly PickleValue[]) => tensorOf(args, refuse);
  const globals = new Map<string, PickleGlobal>(
    [
      ...PLAIN,
      ['torch._utils._rebuild_tensor', tensor] as const,
      ['torch._utils._rebuild_tensor_v2', tensor] as const,
      ...['_rebuild_parameter', '_rebuild_parameter_with_state'].map(
        (name) => [`torch._utils.${name}`, ([data = null]: readonly PickleValue[]) => data] as const,
      ),
      ['torch.nn.parameter.Parameter', ([data = null]: readonly PickleValue[]) => data] as const,
    ].map(([name, call]) => [name, new PickleGlobal(name, call)]),
  );
  for (const name of STORAGE_TYPES.keys()) globals.set(name, new PickleGlobal(name));
  return {
    find: (name) => globals.get(name) ?? (NAMED.test(name) ? new PickleGlobal(name) : undefined),
    persistent: (id) => {
      if (!(id instanceof PickleTuple) || id.items[0] !== 'storage')
        return refuse('a storage is referred to in a way that is not known');
      return storageOf(id.items.slice(1));
    },
    advice: (name) =>
      name === 'torch._utils._rebuild_qtensor'
        ? 'quantised weights are not read: save those from before they were quantised'
        : 'save the weights alone, torch.save(model.state_dict(), "weights.pth"), or as safetensors',
  };
}

/** (storage, offset, size, stride, ...); what follows concerns gradients. */
function tensorOf([storage, offset, size, stride]: readonly PickleValue[], refuse: Refuse): TorchTensor {
  if (!(storage instanceof TorchStorage) || typeof offset !== 'number')
    return refuse('a tensor without a storage');
  return new TorchTensor(
    { storage, offset, shape: sizesOf(size, refuse), strides: sizesOf(stride, refuse) },
    refuse,
  );
}

function sizesOf(value: PickleValue | undefined, refuse: Refuse): readonly number[] {
  if (!(value instanceof PickleTuple)) return refuse('the sizes of a tensor are no tuple');
  return value.items.map((size) => (typeof size === 'number' ? size : refuse('a size is no number')));
}

function dictOf(pairs: PickleValue | undefined): PickleDict {
  const dict = new PickleDict();
  if (!Array.isArray(pairs)) return dict;
  for (const pair of pairs) {
    const [key = null, value = null] =
      pair instanceof PickleTuple || Array.isArray(pair) ? itemsOf(pair) : [];
    dict.entries.set(key, value);
  }
  return dict;
}

const itemsOf = (pair: PickleTuple | readonly PickleValue[]): readonly PickleValue[] =>
  pair instanceof PickleTuple ? pair.items : pair;
