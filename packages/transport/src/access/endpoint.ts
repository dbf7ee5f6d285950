import { type ChannelCredentials, credentials, InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { OodError } from '@oodgrid/contract';
import { isLoopback } from './loopback.js';

/** A coordinator as its callers reach it: where it is, how the link is secured, and whose call it is. */
export interface Endpoint {
  /** For example `unix:/run/ood.sock` or `127.0.0.1:7433`. */
  readonly address: string;
  readonly credentials: ChannelCredentials;
  /** Put a token into every call. */
  readonly interceptors: readonly Interceptor[];
}

export interface EndpointOptions {
  /** Null: the link is not encrypted. */
  readonly tls: ChannelCredentials | null;
  /** Holder of the token, read for every call; null: none is sent. */
  readonly token: { readonly current: string } | null;
  /** The token may go over a link that is not encrypted here. */
  readonly isPlainAllowed: boolean;
}

/** Throws `invalid-input` where a token would be sent in the clear to another machine. */
export function endpoint(address: string, { tls, token, isPlainAllowed }: EndpointOptions): Endpoint {
  if (tls === null && token !== null && !isPlainAllowed && !isLoopback(address)) {
    throw new OodError(
      'invalid-input',
      `${address}: the token would go over the network in the clear: give --tls-ca (the coordinator then needs --tls-cert and --tls-key), or say --insecure-no-tls where something else encrypts the link`,
    );
  }
  return {
    address,
    credentials: tls ?? credentials.createInsecure(),
    interceptors: token === null ? [] : [withToken(token)],
  };
}

/** A plain link to a coordinator of this machine, or of a network that needs no more. */
export const endpointOf = (where: Endpoint | string): Endpoint =>
  typeof where === 'string'
    ? { address: where, credentials: credentials.createInsecure(), interceptors: [] }
    : where;

const withToken =
  (token: { readonly current: string }): Interceptor =>
  (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start: (metadata, listener, next) => {
        metadata.set('authorization', `Bearer ${token.current}`);
        next(metadata, listener);
      },
    });
