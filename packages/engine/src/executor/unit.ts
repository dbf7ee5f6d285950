import { OodError, type UnitSpec } from '@oodgrid/contract';
import { parseSafetensors } from '@oodgrid/formats';
import { type Arithmetic, findArithmetic } from '@oodgrid/methods';
import { type Tensor, tf } from '../backend/tensors.js';
import { firstNotFinite } from '../finite.js';
import type { TaskIo } from './task-io.js';

/** Tensors that a method fitted before scoring, by name. */
export type FittedTensors = ReadonlyMap<string, Tensor>;

/** A setting of an arithmetic, as its own schema parsed it. */
export type Setting = Readonly<Record<string, unknown>>;

/** A unit with its arithmetic, its settings and its fitted state on the device. */
export interface OpenUnit {
  readonly spec: UnitSpec;
  readonly arithmetic: Arithmetic;
  /** One at least, in the order of the result's columns; none for a fit. */
  readonly settings: readonly Setting[];
  readonly fitted: FittedTensors;
}

/** Loads the fitted states that the units name. `own`: arithmetic of users' modules. The caller disposes them with `closeUnits`. */
export async function openUnits(
  specs: readonly UnitSpec[],
  isFit: boolean,
  io: Pick<TaskIo, 'blob'>,
  own: readonly Arithmetic[],
): Promise<readonly OpenUnit[]> {
  const units: OpenUnit[] = [];
  for (const spec of specs) {
    const arithmetic = findArithmetic(spec.method, spec.module, own);
    const settings = isFit ? [] : settingsOf(arithmetic, spec);
    units.push({ spec, arithmetic, settings, fitted: await loadFitted(spec, io) });
  }
  return units;
}

export function closeUnits(units: readonly OpenUnit[]): void {
  for (const { fitted } of units) tf.dispose([...fitted.values()]);
}

function settingsOf({ setting }: Arithmetic, { method, options, candidates }: UnitSpec): readonly Setting[] {
  return (candidates.length === 0 ? [{}] : candidates).map((candidate) => {
    const parsed = setting.safeParse({ ...options, ...candidate });
    if (parsed.success) return parsed.data;
    const shown = JSON.stringify({ ...options, ...candidate });
    throw new OodError('internal', `method "${method}" cannot be computed with ${shown}: ${parsed.error}`);
  });
}

async function loadFitted(spec: UnitSpec, io: Pick<TaskIo, 'blob'>): Promise<FittedTensors> {
  if (spec.fitted === null) return new Map();
  const name = `fitted state of ${spec.method}`;
  const { tensors } = parseSafetensors(await io.blob(spec.fitted), name);
  return new Map(
    [...tensors].map(([key, { data, shape }]) => {
      if (!(data instanceof Float32Array))
        throw new OodError('corrupt-data', `${name}: tensor "${key}" is not F32`);
      const bad = firstNotFinite(data);
      if (bad >= 0)
        throw new OodError('not-finite', `${name}: tensor "${key}" holds ${data[bad]} at element ${bad}`);
      return [key, tf.tensor(data, [...shape])];
    }),
  );
}
