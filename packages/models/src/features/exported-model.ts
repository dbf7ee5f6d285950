import { type ModelFacts, OodError } from '@oodgrid/contract';
import { parseSafetensors, writeSafetensors } from '@oodgrid/formats';
import type { ModelFiles } from '../model-source.js';
import type { LinearHead, ModelRuntime, TapModel, Taps } from '../tap-model.js';
import type { Ops, Tensor } from '../tensors.js';
import type { HeadValues } from './head-file.js';
import type { TapValues } from './split-file.js';

type Values = ReadonlyMap<string, TapValues>;

/** Taps as a file of the model's, in the order of their names. */
export const packTaps = (taps: readonly TapValues[]): Uint8Array =>
  writeSafetensors(new Map(taps.map(({ name, shape, data }) => [name, { dtype: 'F32', shape, data }])));

export const packHead = ({ classes, features, weight, bias }: HeadValues): Uint8Array =>
  packTaps([
    { name: 'weight', shape: [classes, features], data: weight },
    { name: 'bias', shape: [classes], data: bias },
  ]);

/** A model whose taps are rows of what was exported; logits that were not come from features and head. */
export function openExported(
  { ops }: ModelRuntime,
  facts: ModelFacts,
  files: ModelFiles,
  split: ModelFiles | undefined,
): TapModel {
  const values = unpacked(split?.values, facts.name);
  const head = files.head === undefined ? undefined : headOf(ops, unpacked(files.head, facts.name));
  const tap = (name: string, indices: Uint32Array): Tensor => {
    const known = values.get(name);
    if (known !== undefined) return rowsOf(ops, known, indices);
    const features = values.get(facts.penultimate);
    if (name === facts.logits && head !== undefined && features !== undefined)
      return ops.add(ops.matMul(rowsOf(ops, features, indices), head.weight, false, true), head.bias);
    throw new OodError('corrupt-data', `model "${facts.name}" has no values of "${name}"`);
  };
  return {
    facts,
    ...(head === undefined || !facts.offers.head ? {} : { head }),
    taps: (_input, indices, names): Taps => new Map(names.map((name) => [name, tap(name, indices)])),
    [Symbol.dispose]: () => ops.dispose(head === undefined ? [] : [head.weight, head.bias]),
  };
}

/** Only the rows of one batch become a tensor: a split may be larger than what the device holds. */
function rowsOf(ops: Ops, { shape, data }: TapValues, indices: Uint32Array): Tensor {
  const [count = 0, ...rest] = shape;
  const width = data.length / count;
  const rows = new Float32Array(indices.length * width);
  for (const [row, index] of indices.entries())
    rows.set(data.subarray(index * width, (index + 1) * width), row * width);
  return ops.tensor(rows, [indices.length, ...rest]);
}

function headOf(ops: Ops, values: Values): LinearHead {
  const weight = values.get('weight');
  const bias = values.get('bias');
  const [classes, features] = weight?.shape ?? [];
  if (weight === undefined || bias === undefined || classes === undefined || features === undefined)
    throw new OodError('internal', 'a head came without weight and bias');
  return {
    weight: ops.keep(ops.tensor2d(weight.data, [classes, features])),
    bias: ops.keep(ops.tensor1d(bias.data)),
  };
}

function unpacked(bytes: Uint8Array | undefined, model: string): Values {
  if (bytes === undefined) throw new OodError('internal', `model "${model}" came without values`);
  const { tensors } = parseSafetensors(bytes, model);
  return new Map(
    [...tensors].flatMap(([name, { shape, data }]) =>
      data instanceof Float32Array ? [[name, { name, shape, data }] as const] : [],
    ),
  );
}
