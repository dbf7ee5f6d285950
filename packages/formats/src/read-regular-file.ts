import { readFile, stat } from 'node:fs/promises';
import { OodError } from '@oodgrid/contract';

/** Most bytes of one read. */
const MAX_FILE_BYTES = 2 * 1024 ** 3 - 1;

/**
 * A whole file of the user's; undefined where there is none. Anything but a regular file is refused before it is opened: a pipe
 * without a writer would never end.
 */
export async function readRegularFile(path: string): Promise<Uint8Array | undefined> {
  try {
    const facts = await stat(path);
    if (!facts.isFile())
      throw new OodError('invalid-input', `${path}: expected a file, it is ${kindOf(facts)}`);
    if (facts.size > MAX_FILE_BYTES) {
      throw new OodError(
        'resource-exhausted',
        `${path}: ${facts.size} bytes are more than the ${MAX_FILE_BYTES} that are read; save images as uint8, or packed by numpy.savez_compressed`,
      );
    }
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof OodError) throw cause;
    const { code, message } = OodError.from(cause);
    if (code === 'not-found') return undefined;
    throw new OodError(code === 'internal' ? 'unavailable' : code, `${path}: could not be read: ${message}`, {
      cause,
    });
  }
}

function kindOf(facts: { isDirectory(): boolean; isFIFO(): boolean }): string {
  if (facts.isDirectory()) return 'a folder';
  return facts.isFIFO() ? 'a pipe' : 'a device or socket';
}
