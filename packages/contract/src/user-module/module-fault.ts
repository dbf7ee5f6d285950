import { fileURLToPath } from 'node:url';
import { OodError } from '../errors.js';
import { visible } from '../visible-text.js';

/** Returns an error about a user's module, with its path in front. */
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
