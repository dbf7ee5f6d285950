import { OodError } from '../errors.js';
import type { Digest } from '../ids.js';
import { moduleFault, moduleName, placeIn } from './module-fault.js';
import { digestOfParts, modulePartsOf } from './module-parts.js';

/** A module of a user's that was imported. */
export interface UserModule {
  /** Its default export: a function. What it takes and returns is for the caller to say and to check. */
  readonly exported: unknown;
  /** Of all that the module is made of. */
  readonly digest: Digest;
}

/** Contents of the files that this process has imported, by URL: it would not import them again. */
const imported = new Map<string, string>();

/**
 * Imports a module of a user's whose default export is a function; `expects` says what that takes and returns, for the message. Throws
 * `invalid-input`, the module's path in front, where the module cannot be loaded, exports something else, or loads something that cannot be
 * told. `known`: its digest when another thread or process loaded it; one that has changed since then is refused, because its
 * results would be taken for the other's, and so is one that this process loaded before it was changed.
 */
export async function importUserModule(url: string, expects: string, known?: Digest): Promise<UserModule> {
  // What does not parse is told better by its import.
  const before = known ?? (await modulePartsOf(url).then(digestOfParts, () => undefined));
  const exported = await defaultExportOf(url);
  const parts = await modulePartsOf(url);
  const digest = digestOfParts(parts);
  const isOlder = parts.some((part) => (imported.get(part.url) ?? part.content) !== part.content);
  if (isOlder || (before !== undefined && before !== digest))
    throw moduleFault(url, 'it was changed after it had been read; run the command again');
  for (const part of parts) imported.set(part.url, part.content);
  if (typeof exported === 'function') return { exported, digest };
  const found = exported === undefined ? 'has no default export' : `exports ${kindOf(exported)} by default`;
  throw moduleFault(url, `${found}; write "export default ${expects}"`);
}

async function defaultExportOf(url: string): Promise<unknown> {
  try {
    const { default: exported }: { default?: unknown } = await import(url);
    return exported;
  } catch (cause) {
    const place =
      cause instanceof SyntaxError
        ? `; node --check ${moduleName(url)} shows the place`
        : placeIn(url, cause);
    throw moduleFault(url, `cannot be loaded: ${OodError.from(cause).message}${place}`, cause);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}
