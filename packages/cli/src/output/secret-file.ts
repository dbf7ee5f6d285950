import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { OodError } from '@oodgrid/contract';

/**
 * Makes a new file that only its owner may read, fills it with the secret that `make` returns, and is gone when that fails:
 * a secret that is told once is not made before there is a place for it. Throws `conflict` when the file is there already.
 */
export async function withSecretFile<T>(
  path: string,
  make: () => Promise<{ readonly text: string; readonly value: T }>,
): Promise<T> {
  const file = openNew(path);
  try {
    const { text, value } = await make();
    writeSync(file, `${text}\n`);
    return value;
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw new OodError('conflict', `${path} is there already, and secrets are not written over`, { cause });
    const { code, message } = OodError.from(cause);
    throw new OodError(code, `${path} could not be written: ${message}`, { cause });
  }
}
