import type { Method } from '@oodgrid/methods';
import { isPlainMap } from './finding.js';
import type { GridMethod } from './schema.js';

const NAME = /^[\w.-]{1,60}$/;

/** Names of a grid's entries that bring scores instead of naming a method: those that say `scores` under the name of no method. */
export function givenNames(root: unknown, methods: readonly Method[]): readonly string[] {
  const entries: unknown = isPlainMap(root) ? root.methods : undefined;
  if (!Array.isArray(entries)) return [];
  const names = entries.flatMap((entry: unknown) =>
    isPlainMap(entry) && Object.hasOwn(entry, 'scores') && typeof entry.name === 'string' ? [entry.name] : [],
  );
  return [...new Set(names)].filter(
    (name) => NAME.test(name) && !methods.some((method) => method.name === name),
  );
}

/** The file of an entry that brings scores; undefined for one that names a method. */
export function scoresFileOf(entry: GridMethod, methods: readonly Method[]): string | undefined {
  const { name, scores } = entry;
  return typeof scores === 'string' && !methods.some((method) => method.name === name) ? scores : undefined;
}
