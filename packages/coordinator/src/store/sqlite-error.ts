import { type ErrorCode, OodError } from '@oodgrid/contract';

/** Advice by kind of error. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  'resource-exhausted': '; free some space',
  'corrupt-data': '; restore it from a back-up, or name another place',
};

/** Translates an error of SQLite. `what` continues a sentence that starts with "the store". */
export function storeError(path: string, thrown: unknown, what: string): OodError {
  const { code = '', message } = thrown as { code?: string; message: string };
  const kind =
    thrown instanceof OodError
      ? thrown.code
      : code.startsWith('SQLITE_FULL') || code.startsWith('SQLITE_IOERR')
        ? 'resource-exhausted'
        : code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')
          ? 'unavailable'
          : code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')
            ? 'corrupt-data'
            : OodError.from(thrown).code;
  const advice = ADVICE[kind] ?? '';
  return new OodError(kind, `${path}: the store ${what}: ${message}${advice}`, { cause: thrown });
}
