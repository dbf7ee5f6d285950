/** One thing that is wrong with a grid. */
export interface Finding {
  /** Keys and indices from the root of the grid; where `--set` may have put something else. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Whether the key itself is wrong and not its value. */
  readonly isOfKey?: boolean;
}

/** `methods[1].name` */
export const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');

export const isPrefix = (start: readonly PropertyKey[], path: readonly PropertyKey[]): boolean =>
  start.length <= path.length && start.every((part, i) => String(part) === String(path[i]));

/** Returns the value at a path of plain data; undefined where there is none. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

export const isPlainMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
