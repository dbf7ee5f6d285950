import {
  type ArrayType,
  bytesOf,
  decodeNumbers,
  entriesOf,
  type NumericArray,
  rowMajorOfStrided,
} from '../array-types.js';
import { PickleObject } from '../pickle/pickle-value.js';
import type { StoredTensor } from '../safetensors.js';
import type { Refuse } from '../what-is-this-file.js';

/** Element types of PyTorch's storages: the name that safetensors has for them, and how they are decoded. */
const ELEMENTS: Readonly<Record<string, readonly [dtype: string, type: ArrayType]>> = {
  Float: ['F32', 'float32'],
  Double: ['F64', 'float64'],
  Half: ['F16', 'float16'],
  BFloat16: ['BF16', 'bfloat16'],
  Long: ['I64', 'int64'],
  Int: ['I32', 'int32'],
  Short: ['I16', 'int16'],
  Char: ['I8', 'int8'],
  Byte: ['U8', 'uint8'],
  Bool: ['BOOL', 'bool'],
};

/** Bytes of an entry; undefined for a type that is not known. */
export function elementBytes(element: string): number | undefined {
  const type = ELEMENTS[element]?.[1];
  return type === undefined ? undefined : bytesOf(type);
}

/** `FloatStorage` of module `torch` for F32, and so on. */
export const STORAGE_TYPES: ReadonlyMap<string, string> = new Map(
  Object.keys(ELEMENTS).map((element) => [`torch.${element}Storage`, element]),
);

/** A run of numbers that tensors are views of. */
export class TorchStorage extends PickleObject {
  readonly element: string;
  readonly entries: number;
  /** The bytes, when they have been found. */
  readonly bytes: () => Uint8Array;

  constructor(element: string, entries: number, bytes: () => Uint8Array) {
    super();
    this.element = element;
    this.entries = entries;
    this.bytes = bytes;
  }

  setState(): void {}
}

export interface TensorView {
  readonly storage: TorchStorage;
  /** In entries, as the strides. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A view of a storage; it need not be contiguous, and several may share one. */
export class TorchTensor extends PickleObject implements StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly #view: TensorView;
  readonly #last: number;
  readonly #refuse: Refuse;

  /** Refuses a view that reaches beyond its storage. */
  constructor(view: TensorView, refuse: Refuse) {
    super();
    const { storage, offset, shape, strides } = view;
    this.dtype = ELEMENTS[storage.element]?.[0] ?? storage.element;
    this.shape = shape;
    this.#view = view;
    this.#refuse = refuse;
    const sound = [offset, ...shape, ...strides].every((value) => Number.isSafeInteger(value) && value >= 0);
    this.#last = shape.reduce(
      (last, size, axis) => last + (size - 1) * (strides[axis] ?? Number.NaN),
      offset,
    );
    const isEmpty = shape.includes(0);
    if (!sound || strides.length !== shape.length || (!isEmpty && this.#last >= storage.entries))
      refuse(
        `a tensor [${shape.join(', ')}] with strides [${strides.join(', ')}] from ${offset} reaches beyond its storage of ${storage.entries} entries`,
      );
  }

  /** A tensor's attributes (its hooks, for example) are of no use here. */
  setState(): void {}

  /** The values, row-major. The caller has looked at the shape: an expanded view is larger than its storage. */
  read(): NumericArray | undefined {
    const { storage, offset, shape, strides } = this.#view;
    const type = ELEMENTS[storage.element]?.[1];
    if (type === undefined) return undefined;
    const width = bytesOf(type);
    const bytes = storage.bytes();
    if (bytes.length !== storage.entries * width)
      return this.#refuse(
        `a storage of ${storage.entries} entries of ${width} bytes has ${bytes.length} bytes`,
      );
    const count = entriesOf(shape);
    const used =
      count === 0 ? bytes.subarray(0, 0) : bytes.subarray(offset * width, (this.#last + 1) * width);
    const ordered = isContiguous(shape, strides) ? used : rowMajorOfStrided(used, width, shape, strides);
    return { dtype: type, shape, data: decodeNumbers(type, ordered) };
  }
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}
