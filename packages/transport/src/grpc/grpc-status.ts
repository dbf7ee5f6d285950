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
  if (!(thrown instanceof Error) || !('code' in thrown)) return OodError.from(thrown);
  const { details, metadata } = thrown as ServiceError;
  const own = metadata?.get(CODE_KEY)[0];
  if (typeof own === 'string') return new OodError(errorCode(own), details, { cause: thrown });
  const code: ErrorCode = thrown.code === status.RESOURCE_EXHAUSTED ? 'resource-exhausted' : 'unavailable';
  return new OodError(code, `${address}: the coordinator did not answer: ${details}`, { cause: thrown });
}
