import { existsSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TOKENS_FILE } from '../access/token-store.js';
import { moveDurable, syncFile } from './durable-copy.js';

/**
 * Copies the hashes of the tokens beside a database: without them a coordinator that is restored would let in everybody. Does nothing
 * where there are none. `isKept`: those that are there already stay, since they may know of later revocations.
 */
export async function copyTokens(from: string, to: string, isKept = false): Promise<void> {
  const [source, target] = [join(from, TOKENS_FILE), join(to, TOKENS_FILE)];
  if (!existsSync(source) || (isKept && existsSync(target))) return;
  const copy = join(to, `.${TOKENS_FILE}.${process.pid}`);
  await copyFile(source, copy);
  await chmod(copy, 0o600);
  await syncFile(copy);
  await moveDurable(copy, target);
}
