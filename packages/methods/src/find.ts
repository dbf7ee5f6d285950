import { OodError, suggestion } from '@oodgrid/protocol';
import { METHODS } from './catalog.js';
import type { Arithmetic, Method } from './method.js';
import { predictions } from './predictions.js';

/** Arithmetic of every method, each once, and the predictions that accuracies are measured by. */
export const ARITHMETICS: readonly Arithmetic[] = [
  ...new Set(METHODS.map(({ arithmetic }) => arithmetic)),
  predictions,
];

/** Throws `not-found` for a name that no method has. */
export function findMethod(name: string): Method {
  const found = METHODS.find((method) => method.name === name);
  if (found === undefined) {
    const names = METHODS.map((method) => method.name);
    throw new OodError('not-found', `unknown method "${name}"${suggestion(name, names)}`);
  }
  return found;
}

/** Throws `not-found` for an arithmetic that this version does not have. */
export function findArithmetic(name: string): Arithmetic {
  const found = ARITHMETICS.find((arithmetic) => arithmetic.name === name);
  if (found === undefined) throw new OodError('not-found', `this engine has no method "${name}"`);
  return found;
}
