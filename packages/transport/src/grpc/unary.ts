import type { handleUnaryCall } from '@grpc/grpc-js';
import { OodError } from '@oodgrid/contract';
import { callerIdOf } from '../access/caller-id.js';
import { grpcStatus } from './grpc-status.js';

/** Key of the metadata, and header of messages, that carries W3C trace context. */
export const TRACEPARENT = 'traceparent';

/**
 * A call of one request and one answer. `callerId` is the id of the token by which it is made; null where none is needed.
 * `traceparent` is the trace context of the caller, as it came.
 */
export function unary<Q, A>(
  answer: (request: Q, callerId: string | null, traceparent: string | undefined) => Promise<A>,
): handleUnaryCall<Q, A> {
  return ({ request, metadata }, callback) => {
    // A refusal that is thrown at once is a refusal as well.
    Promise.resolve()
      .then(() => answer(request, callerIdOf(metadata), metadata.get(TRACEPARENT)[0]?.toString()))
      .then(
        (response) => callback(null, response),
        (thrown: unknown) => callback(grpcStatus(OodError.from(thrown))),
      );
  };
}
