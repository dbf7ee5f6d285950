import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { OodError } from './errors.js';
import { type Digest, sha256 } from './ids.js';
import { visible } from './visible-text.js';

/** A module of a user's that was imported. */
export interface UserModule {
  /** Its default export: a function. What it takes and returns is for the caller to say and to check. */
  readonly exported: unknown;
  /** Of the file's bytes; files that it imports itself are not in it. */
  readonly sha256: Digest;
}

/**
 * Imports a module of a user's whose default export is a function; `expects` says what that takes and returns, for the message. Throws
 * `invalid-input`, the module's path in front, where the module cannot be loaded, exports something else, or is not the one
 * that another thread or process has, whose SHA-256 is `known`.
 */
export async function importUserModule(url: string, expects: string, known?: Digest): Promise<UserModule> {
  let exported: unknown;
  let digest: Digest;
  try {
    digest = sha256(url.startsWith('file:') ? await readFile(fileURLToPath(url)) : url);
    ({ default: exported } = await import(url));
  } catch (cause) {
    const place =
      cause instanceof SyntaxError
        ? `; node --check ${moduleName(url)} shows the place`
        : placeIn(url, cause);
    throw moduleFault(url, `cannot be loaded: ${OodError.from(cause).message}${place}`, cause);
  }
  if (known !== undefined && digest !== known)
    throw moduleFault(url, 'the file was changed while the run went on; submit it again');
  if (typeof exported === 'function') return { exported, sha256: digest };
  const found = exported === undefined ? 'has no default export' : `exports ${kindOf(exported)} by default`;
  throw moduleFault(url, `${found}; write "export default ${expects}"`);
}

/** What is wrong with a module or with what it does, its path in front. */
export function moduleFault(url: string, fault: string, cause?: unknown): OodError {
  return new OodError('invalid-input', `${moduleName(url)}: ${fault}`, { cause });
}

/** ` (line 3)`: where in the module something was thrown; empty where the module is not on the stack. */
export function placeIn(url: string, thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const at = stack.indexOf(`${url}:`);
  const line = at < 0 ? undefined : /^\d+/.exec(stack.slice(at + url.length + 1))?.[0];
  return line === undefined ? '' : ` (line ${line})`;
}

/** A file's path; of modules without a file, as tests have them, the start of the URL. */
export function moduleName(url: string): string {
  return visible(url.startsWith('file:') ? fileURLToPath(url) : url.slice(0, 60));
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}
