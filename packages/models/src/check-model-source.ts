import { OodError } from '@oodgrid/contract';
import { z } from 'zod';
import type { ModelSource } from './model-source.js';

const KIND = /^[a-z0-9][\w.-]{0,59}$/;
/** Keys that every entry of a grid's `models` has. */
const RESERVED = ['name', 'source'] as const;

/** Throws `invalid-input`, `where` in front, for what no model can come from: all that is wrong, at once. */
export function checkModelSource(source: ModelSource, where: string): void {
  const faults = [...faultsOf(source)];
  if (faults.length > 0) throw new OodError('invalid-input', `${where}: ${faults.join('; ')}`);
}

function* faultsOf(source: ModelSource): Generator<string> {
  if (typeof source !== 'object' || source === null) {
    yield 'expected a source of models, { kind, revision, config, resolve, open }';
    return;
  }
  const { kind, revision, config, resolve, open, isOverflowImpossible } = source;
  if (!(typeof kind === 'string' && KIND.test(kind)))
    yield 'kind: expected at most 60 letters, digits, ".", "_" and "-"';
  if (!Number.isInteger(revision) || revision < 1) yield 'revision: expected a whole number, at least 1';
  if (!(config instanceof z.ZodObject)) yield "config: expected the kit's z.object({ ... })";
  else
    for (const key of RESERVED)
      if (key in config.shape) yield `config: "${key}" is what every model has; call the option otherwise`;
  if (typeof resolve !== 'function') yield 'resolve: expected a function';
  if (typeof open !== 'function') yield 'open: expected a function';
  if (!['function', 'undefined'].includes(typeof isOverflowImpossible))
    yield 'isOverflowImpossible: expected a function';
}
