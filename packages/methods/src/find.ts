import { type Digest, OodError, suggestion } from '@oodgrid/contract';
import { METHODS } from './catalog.js';
import { givenScores } from './given-scores.js';
import type { Arithmetic, Method } from './method.js';
import { predictions } from './predictions.js';

/** Arithmetic of every method, each once, the predictions that accuracies are measured by, and what passes given scores on. */
export const ARITHMETICS: readonly Arithmetic[] = [
  ...new Set(METHODS.map(({ arithmetic }) => arithmetic)),
  predictions,
  givenScores,
];

/** Throws `not-found` for a name that none of the methods has; they are the catalog's, where they are left out. */
export function findMethod(name: string, methods: readonly Method[] = METHODS): Method {
  const found = methods.find((method) => method.name === name);
  if (found === undefined) {
    const names = methods.map((method) => method.name);
    throw new OodError('not-found', `unknown method "${name}"${suggestion(name, names)}`);
  }
  return found;
}

/**
 * An arithmetic by its name and, where it is not of the catalog, by what its module is made of; `own` are those of the modules that
 * were loaded. Throws `not-found` for what is not there: it is never taken for another one of its name.
 */
export function findArithmetic(name: string, module?: Digest, own: readonly Arithmetic[] = []): Arithmetic {
  const known = module === undefined ? ARITHMETICS : own;
  const found = known.find((one) => one.name === name && one.module?.digest === module);
  if (found !== undefined) return found;
  throw new OodError(
    'not-found',
    module === undefined
      ? `this engine has no method "${name}"`
      : `this executor has not loaded the module of method "${name}" (SHA-256 ${module.slice(0, 16)}...): methods of files of users are computed by local runs, which load them`,
  );
}
