/** Levels at which a document is taken apart: its own, and that of the lists in it. What is within an item is one piece. */
const LEVELS = 2;

/**
 * Yields the text of `JSON.stringify(value, null, 2)` in pieces: results of a large run are longer than a string can be.
 * Takes what JSON can hold.
 */
export function* jsonPieces(value: unknown, levels = LEVELS, indent = ''): Generator<string> {
  const inner = `${indent}  `;
  const items = levels === 0 ? [] : itemsOf(value);
  if (items.length === 0) {
    yield indented(value, indent) ?? 'null';
    return;
  }
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  let before = open;
  for (const { key, item } of items) {
    yield `${before}\n${inner}${key}`;
    yield* jsonPieces(item, levels - 1, inner);
    before = ',';
  }
  yield `\n${indent}${close}`;
}

/** Returns the items of a list or the fields of a record; of any other value none. */
function itemsOf(value: unknown): readonly { readonly key: string; readonly item: unknown }[] {
  if (Array.isArray(value)) return value.map((item: unknown) => ({ key: '', item }));
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    item === undefined ? [] : [{ key: `${JSON.stringify(key)}: `, item }],
  );
}

/** A line break in JSON is never inside of a text. */
const indented = (value: unknown, indent: string): string | undefined =>
  JSON.stringify(value, null, 2)?.replaceAll('\n', `\n${indent}`);
