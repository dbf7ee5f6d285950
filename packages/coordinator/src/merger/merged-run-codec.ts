import { OodError, resultsSchema } from '@oodgrid/protocol';
import { type NamedArray, type MergedCell as WireCell, MergedRun as WireRun } from '@oodgrid/protocol/wire';
import type { Features, Splits } from './features.js';
import type { MergedCell, TestScores } from './merge-cell.js';
import type { MergedRun } from './merge-run.js';

const SIDES = ['id', 'ood'] as const;
const SPLITS = ['valFit', 'valSelect', 'test'] as const;

/** A merged run as the bytes of a blob. */
export function encodeMergedRun({ results, cells }: MergedRun): Uint8Array {
  return WireRun.encode({
    resultsJson: Buffer.from(JSON.stringify(results)),
    cells: cells.map((cell) => ({ arrays: [...arraysOf(cell)] })),
  }).finish();
}

/** Throws `corrupt-data` for bytes that are no merged run. */
export function decodeMergedRun(bytes: Uint8Array): MergedRun {
  try {
    const { resultsJson, cells } = WireRun.decode(bytes);
    const results = resultsSchema.parse(JSON.parse(resultsJson.toString('utf8')));
    return {
      results,
      cells: results.cells.map((cell, i) => {
        const arrays = new Map((cells[i] as WireCell).arrays.map((array) => [array.name, array]));
        const test = (side: string): TestScores => ({
          scores: float64(arrays.get(`scores.${side}`)),
          indices: uint32(arrays.get(`scores.${side}.indices`)),
        });
        const features = (side: string): Splits => {
          const of = (split: string) => featuresOf(arrays, `${split}.${side}`);
          return { valFit: of('valFit'), valSelect: of('valSelect'), test: of('test') };
        };
        return {
          cell,
          test: { id: test('id'), ood: test('ood') },
          features: { id: features('id'), ood: features('ood') },
        };
      }),
    };
  } catch (cause) {
    throw new OodError('corrupt-data', `merged results cannot be read: ${OodError.from(cause).message}`, {
      cause,
    });
  }
}

function* arraysOf({ test, features }: MergedCell): Generator<NamedArray> {
  for (const side of SIDES) {
    yield { name: `scores.${side}`, dtype: 'f64', columns: 1, data: bytesOf(test[side].scores) };
    yield { name: `scores.${side}.indices`, dtype: 'u32', columns: 1, data: bytesOf(test[side].indices) };
    for (const split of SPLITS) {
      const { d, values, indices } = features[side][split];
      yield { name: `${split}.${side}`, dtype: 'f32', columns: d, data: bytesOf(values) };
      yield { name: `${split}.${side}.indices`, dtype: 'u32', columns: 1, data: bytesOf(indices) };
    }
  }
}

function featuresOf(arrays: ReadonlyMap<string, NamedArray>, name: string): Features {
  const values = arrays.get(name);
  return {
    d: values?.columns ?? 0,
    values: new Float32Array(copyOf(values)),
    indices: uint32(arrays.get(`${name}.indices`)),
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array | Uint32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
const float64 = (array: NamedArray | undefined): Float64Array => new Float64Array(copyOf(array));
const uint32 = (array: NamedArray | undefined): Uint32Array => new Uint32Array(copyOf(array));

/** A copy: the bytes' place in the whole need not be aligned. */
function copyOf(array: NamedArray | undefined): ArrayBuffer {
  if (array === undefined) throw new RangeError('an array is missing');
  return new Uint8Array(array.data).buffer;
}
