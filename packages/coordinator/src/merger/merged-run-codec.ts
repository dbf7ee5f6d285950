import {
  type Comparison,
  canonicalJson,
  comparisonsSchema,
  OodError,
  type Results,
  type ResultsHeader,
  type ResultsReader,
  readResults,
  readResultsHeader,
} from '@oodgrid/contract';
import { type NamedArray, type MergedCell as WireCell, MergedRun as WireRun } from '@oodgrid/contract/wire';
import { ROLES, type Role } from '@oodgrid/protocols';
import type { Features, Splits } from './features.js';
import type { MergedCell, TestScores } from './merge-cell.js';
import { messageFields } from './message-fields.js';

/** A merged run, piece by piece: the header first, then every cell, then the comparisons. */
export type MergedPart =
  | { readonly kind: 'header'; readonly header: ResultsHeader }
  | { readonly kind: 'cell'; readonly merged: MergedCell }
  | { readonly kind: 'comparisons'; readonly comparisons: readonly Comparison[] };

const SIDES = ['id', 'ood'] as const;
/** Names of arrays by role. */
const SPLITS = { fit: 'valFit', select: 'valSelect', test: 'test' } as const satisfies Record<Role, string>;
const NOTHING = Buffer.alloc(0);
const EMPTY: WireRun = { resultsJson: NOTHING, cells: [], headerJson: NOTHING, comparisonsJson: [] };

/** Fields of the message, each as its bytes: a merged run is one after the other. */
export const encodeHeader = (header: ResultsHeader): Uint8Array =>
  WireRun.encode({ ...EMPTY, headerJson: jsonOf(header) }).finish();

export const encodeCell = (merged: MergedCell): Uint8Array =>
  WireRun.encode({
    ...EMPTY,
    cells: [{ arrays: [...arraysOf(merged)], cellJson: jsonOf(merged.cell) }],
  }).finish();

export const encodeComparisons = (comparisons: readonly Comparison[]): Uint8Array =>
  WireRun.encode({ ...EMPTY, comparisonsJson: [jsonOf(comparisons)] }).finish();

const jsonOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** The part of a cell that enters the digest: everything but its seconds. */
export const canonicalCell = ({ cell: { seconds: _seconds, ...cell } }: Pick<MergedCell, 'cell'>): string =>
  canonicalJson(cell);

/** Reads merged runs of this version and of those before. Throws `corrupt-data` for bytes that are none. Holds one cell at a time. */
export async function* readMergedRun(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<MergedPart> {
  try {
    let former: Results | undefined;
    let reader: ResultsReader | undefined;
    let cells = 0;
    for await (const field of messageFields(bytes)) {
      const { resultsJson, headerJson, comparisonsJson, cells: own } = WireRun.decode(field);
      if (resultsJson.length > 0) {
        former = readResults(parsed(resultsJson));
        const { cells: _cells, comparisons: _comparisons, ...header } = former;
        yield { kind: 'header', header };
      }
      if (headerJson.length > 0) {
        reader = readResultsHeader(parsed(headerJson));
        yield { kind: 'header', header: reader.header };
      }
      for (const wire of own) {
        const cell = former?.cells[cells++] ?? reader?.readCell(parsed(wire.cellJson));
        if (cell === undefined) throw new RangeError('a cell comes before the header');
        yield { kind: 'cell', merged: { cell, ...decodeArrays(wire) } };
      }
      for (const json of comparisonsJson) {
        yield { kind: 'comparisons', comparisons: comparisonsSchema.parse(parsed(json)) };
      }
    }
    if (former !== undefined) yield { kind: 'comparisons', comparisons: former.comparisons };
  } catch (cause) {
    const error = OodError.from(cause);
    if (error.code !== 'internal') throw error;
    throw new OodError('corrupt-data', `merged results cannot be read: ${error.message}`, { cause });
  }
}

const parsed = (json: Buffer): unknown => JSON.parse(json.toString('utf8'));

function* arraysOf({ test, features }: MergedCell): Generator<NamedArray> {
  for (const side of SIDES) {
    yield { name: `scores.${side}`, dtype: 'f64', columns: 1, data: bytesOf(test[side].scores) };
    yield { name: `scores.${side}.indices`, dtype: 'u32', columns: 1, data: bytesOf(test[side].indices) };
    for (const role of ROLES) {
      const split = SPLITS[role];
      const { columns, data, indices } = features[side][role];
      yield { name: `${split}.${side}`, dtype: 'f32', columns, data: bytesOf(data) };
      yield { name: `${split}.${side}.indices`, dtype: 'u32', columns: 1, data: bytesOf(indices) };
    }
  }
}

function decodeArrays(wire: WireCell): Pick<MergedCell, 'test' | 'features'> {
  const arrays = new Map(wire.arrays.map((array) => [array.name, array]));
  const test = (side: string): TestScores => ({
    scores: float64(required(arrays, `scores.${side}`)),
    indices: uint32(required(arrays, `scores.${side}.indices`)),
  });
  const features = (side: string): Splits => {
    const of = (role: Role) => featuresOf(arrays, `${SPLITS[role]}.${side}`);
    return { fit: of('fit'), select: of('select'), test: of('test') };
  };
  return {
    test: { id: test('id'), ood: test('ood') },
    features: { id: features('id'), ood: features('ood') },
  };
}

function required(arrays: ReadonlyMap<string, NamedArray>, name: string): NamedArray {
  const array = arrays.get(name);
  if (array === undefined) throw new RangeError(`the array "${name}" is missing`);
  return array;
}

function featuresOf(arrays: ReadonlyMap<string, NamedArray>, name: string): Features {
  const values = required(arrays, name);
  const indices = uint32(required(arrays, `${name}.indices`));
  const data = new Float32Array(copyOf(values, 'f32'));
  return { rows: indices.length, columns: values.columns, data, indices };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array | Uint32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
const float64 = (array: NamedArray): Float64Array => new Float64Array(copyOf(array, 'f64'));
const uint32 = (array: NamedArray): Uint32Array => new Uint32Array(copyOf(array, 'u32'));

/** A copy: the bytes' place in the whole need not be aligned. */
function copyOf(array: NamedArray, dtype: 'f32' | 'f64' | 'u32'): ArrayBuffer {
  if (array.dtype !== dtype) throw new RangeError(`"${array.name}" has ${array.dtype}, not ${dtype}`);
  return new Uint8Array(array.data).buffer;
}
