import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type ErrorCode, OodError } from '@oodgrid/protocol';
import { errorCode } from './wire-values.js';

const STATUS: Readonly<Record<ErrorCode, status>> = {
  'invalid-input': status.INVALID_ARGUMENT,
  conflict: status.ALREADY_EXISTS,
  'not-found': status.NOT_FOUND,
  'corrupt-data': status.DATA_LOSS,
  'not-finite': status.OUT_OF_RANGE,
  unavailable: status.UNAVAILABLE,
  'engine-missing': status.FAILED_PRECONDITION,
  'resource-exhausted': status.RESOURCE_EXHAUSTED,
  'task-failed': status.ABORTED,
  cancelled: status.CANCELLED,
  internal: status.INTERNAL,
};

/** Trailer that carries our own code, which says more than gRPC's. */
const CODE_KEY = 'oodgrid-code';

export function grpcStatus(error: OodError): ServiceError {
  const metadata = new Metadata();
  metadata.set(CODE_KEY, error.code);
  return Object.assign(new Error(error.message), {
    code: STATUS[error.code],
    details: error.message,
    metadata,
  });
}

/** What a call failed with, as our own error. */
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
