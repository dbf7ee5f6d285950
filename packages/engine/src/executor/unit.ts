import { parseSafetensors } from '@oodgrid/formats';
import { OodError, type UnitSpec } from '@oodgrid/protocol';
import { tf } from '../backend/tensors.js';
import { firstNotFinite } from '../finite.js';
import type { FittedTensors, Method } from '../methods/method.js';
import { findMethod } from '../methods/table.js';
import type { TaskIo } from './task-io.js';

/** A unit with its method and its fitted state on the device. */
export interface OpenUnit {
  readonly spec: UnitSpec;
  readonly method: Method;
  readonly fitted: FittedTensors;
}

/** Loads the fitted states that the units name. The caller disposes them with `closeUnits`. */
export async function openUnits(
  specs: readonly UnitSpec[],
  io: Pick<TaskIo, 'blob'>,
): Promise<readonly OpenUnit[]> {
  const units: OpenUnit[] = [];
  for (const spec of specs) {
    units.push({ spec, method: findMethod(spec.method), fitted: await loadFitted(spec, io) });
  }
  return units;
}

export function closeUnits(units: readonly OpenUnit[]): void {
  for (const { fitted } of units) tf.dispose([...fitted.values()]);
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
