import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { ERROR_CODES, type ErrorCode, OodError } from '@oodgrid/contract';
import { errorCode } from './wire-values.js';

const STATUS: Readonly<Record<ErrorCode, status>> = {
  'invalid-input': status.INVALID_ARGUMENT,
  conflict: status.ALREADY_EXISTS,
  'not-found': status.NOT_FOUND,
  'corrupt-data': status.DATA_LOSS,
  'not-finite': status.OUT_OF_RANGE,
  unauthenticated: status.UNAUTHENTICATED,
  'permission-denied': status.PERMISSION_DENIED,
  unavailable: status.UNAVAILABLE,
  'engine-missing': status.FAILED_PRECONDITION,
  'resource-exhausted': status.RESOURCE_EXHAUSTED,
  'task-failed': status.ABORTED,
  cancelled: status.CANCELLED,
  internal: status.INTERNAL,
};

/** Trailer that carries our own code, which says more than gRPC's. */
const CODE_KEY = 'oodgrid-code';

/** A status travels as a header, nine bytes a character at worst: one that does not fit is lost, and its caller waits for ever. */
const MAX_DETAILS = 4000;

export function grpcStatus(error: OodError): ServiceError {
  const metadata = new Metadata();
  metadata.set(CODE_KEY, error.code);
  const { message } = error;
  const details = message.length > MAX_DETAILS ? `${message.slice(0, MAX_DETAILS)}...` : message;
  return Object.assign(new Error(details), {
    code: STATUS[error.code],
    details,
    metadata,
  });
}

/** The code that a status was made of; `internal` for one of gRPC's own that stands for none of ours. */
export function codeOfStatus(code: status, metadata: Metadata | null | undefined): ErrorCode {
  const own = metadata?.get(CODE_KEY)[0];
  if (typeof own === 'string') return errorCode(own);
  return ERROR_CODES.find((known) => STATUS[known] === code) ?? 'internal';
}

/** Translates the error of a call. */
export function fromGrpcStatus(thrown: unknown, address: string): OodError {
  if (thrown instanceof OodError || !(thrown instanceof Error) || !('code' in thrown))
    return OodError.from(thrown);
  const { details, metadata } = thrown as ServiceError;
  const own = metadata?.get(CODE_KEY)[0];
  if (typeof own === 'string') return new OodError(errorCode(own), details, { cause: thrown });
  if (thrown.code === status.RESOURCE_EXHAUSTED) {
    return new OodError('resource-exhausted', `${address}: ${details}`, { cause: thrown });
  }
  return new OodError(
    'unavailable',
    `${address}: the coordinator did not answer: ${reasonOf(details)}. ${ADVICE}`,
    {
      cause: thrown,
    },
  );
}

const ADVICE =
  'Start one (ood-cli up, or ood-cli serve), or say where it is (--coordinator HOST:PORT, or OODGRID_COORDINATOR)';

/** gRPC's own error texts in words that say what to do. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'nothing listens there'],
  [/Name resolution failed|ENOTFOUND|EAI_AGAIN/, 'no machine of that name is known'],
  [/EHOSTUNREACH|ENETUNREACH/, 'there is no way to that machine'],
  [/ENOENT/, 'there is no such socket'],
  [/EACCES|EPERM/, 'the socket may not be opened'],
  [/ETIMEDOUT|Deadline exceeded/i, 'no answer in time'],
  [/ECONNRESET|EPIPE|Connection dropped|GOAWAY|Stream refused/i, 'the connection broke'],
  [
    /Protocol error|Parse Error|wrong version number|Received HTTP|HTTP status/i,
    'what listens there is no coordinator',
  ],
];

function reasonOf(details: string): string {
  const known = REASONS.find(([pattern]) => pattern.test(details));
  return known?.[1] ?? details.replace(/\.?\s*Resolution note:\s*$/, '').trim();
}
