import { OodError } from '@oodgrid/contract';

/** A word that a POSIX shell reads back as it is. Throws `invalid-input` for what no argument can hold. */
export function shellQuoted(word: string): string {
  if (word.includes('\0')) {
    throw new OodError(
      'invalid-input',
      `${JSON.stringify(word)} has a zero byte: no program can be given it`,
    );
  }
  return /^[\w.,:/=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
