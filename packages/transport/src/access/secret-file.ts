import { readFileSync, statSync } from 'node:fs';
import { OodError } from '@oodgrid/contract';

/** Bits of a file's mode that let in others than its owner. */
const OTHERS = 0o077;
/** The same where the file is somebody else's, who gives it to a group of ours: so do secrets come into a pod. */
const OTHERS_THAN_GROUP = 0o027;

/**
 * The text of a file that holds a secret, without the space around it. Throws `invalid-input` for one that others than
 * its owner can read, `not-found` when there is none.
 */
export function readSecretFile(path: string, what: string): string {
  let mode: number;
  let uid: number;
  let text: string;
  try {
    ({ mode, uid } = statSync(path));
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const { code, message } = OodError.from(cause);
    throw new OodError(code, `${what} ${path} cannot be read: ${message}`, { cause });
  }
  if ((mode & (uid === process.getuid?.() ? OTHERS : OTHERS_THAN_GROUP)) !== 0) {
    const octal = (mode & 0o777).toString(8);
    throw new OodError(
      'invalid-input',
      `${what} ${path} can be read by others (mode ${octal}): take that from them with chmod 600`,
    );
  }
  if (text === '') throw new OodError('invalid-input', `${what} ${path} is empty`);
  return text;
}
