/**
 * Every way in which OOD Grid can fail. The list is closed: exit codes, gRPC status and HTTP status
 * are each one table over it.
 */
export const ERROR_CODES = [
  'invalid-input', // the grid, a flag or an option is wrong: the user can fix it
  'conflict', // what was named is somebody else's already: a worker's id, a submission's key, a run of another version
  'not-found', // a file, model, data set or method that was named does not exist
  'corrupt-data', // a file is truncated, mis-shaped, holds NaN or fails its checksum
  'not-finite', // a computation gave NaN or overflowed: weights, normalisation or data are at fault
  'unauthenticated', // no token where one is needed, or one that is unknown, expired or revoked
  'permission-denied', // the token is good, but its role may not do this
  'unavailable', // a source, server or worker cannot be reached now
  'engine-missing', // no tensor engine could be loaded
  'resource-exhausted', // disk full, out of memory, a limit was passed
  'task-failed', // a task failed on every attempt
  'cancelled', // the user or a peer asked to stop
  'internal', // a bug of ours
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Process exit code of `ood-cli` for each error code; 0 is success. What was given is at fault in both kinds of 4, the token in both of 10. */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  internal: 1,
  'invalid-input': 2,
  'not-found': 3,
  'corrupt-data': 4,
  'not-finite': 4,
  unavailable: 5,
  'engine-missing': 6,
  'resource-exhausted': 7,
  'task-failed': 8,
  conflict: 9,
  unauthenticated: 10,
  'permission-denied': 10,
  cancelled: 130,
};

const SYSTEM_ERRORS: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'not-found',
  ENOTDIR: 'not-found',
  ENOSPC: 'resource-exhausted',
  EDQUOT: 'resource-exhausted',
  EFBIG: 'resource-exhausted',
  ENOMEM: 'resource-exhausted',
  EMFILE: 'resource-exhausted',
  EACCES: 'unavailable',
  EPERM: 'unavailable',
  EROFS: 'unavailable',
  EIO: 'unavailable',
  EISDIR: 'invalid-input',
  ENAMETOOLONG: 'invalid-input',
  ELOOP: 'invalid-input',
  ECONNREFUSED: 'unavailable',
  ECONNRESET: 'unavailable',
  ETIMEDOUT: 'unavailable',
  ENOTFOUND: 'unavailable',
};

/**
 * The one error class. A message says what is wrong, where (file, line, column or path in the grid)
 * and what to do about it.
 */
export class OodError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'OodError';
    this.code = code;
  }

  /** Wraps anything that was thrown; an `OodError` (also of another copy of this package) keeps its code. */
  static from(thrown: unknown): OodError {
    if (thrown instanceof OodError) return thrown;
    if (!(thrown instanceof Error)) return new OodError('internal', String(thrown), { cause: thrown });
    const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
    const known = ERROR_CODES.find((candidate) => candidate === code);
    return new OodError(known ?? SYSTEM_ERRORS[code] ?? 'internal', thrown.message, { cause: thrown });
  }
}
