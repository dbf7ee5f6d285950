import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { OodError } from '@oodgrid/protocol';
import { MAX_FRAME_BYTES } from './wire-codec.js';

export interface GrpcService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

export interface GrpcServer {
  /** Port that it listens on; 0 for a unix socket. */
  readonly port: number;
  /** Ends every connection, then the server. */
  close(): Promise<void>;
}

/** A peer that is silent for this time is pinged. */
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;

export const GRPC_OPTIONS = {
  'grpc.max_receive_message_length': MAX_FRAME_BYTES,
  'grpc.keepalive_time_ms': KEEPALIVE_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  'grpc.keepalive_permit_without_calls': 1,
} as const;

/** Serves on an address such as `unix:/run/ood.sock` or `127.0.0.1:0`. */
export async function serveGrpc(address: string, services: readonly GrpcService[]): Promise<GrpcServer> {
  const server = new Server(GRPC_OPTIONS);
  for (const { definition, implementation } of services) server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else {
        const message = `${address}: could not be listened on: ${error.message}`;
        reject(new OodError('unavailable', message, { cause: error }));
      }
    });
  });
  return { port, close: async () => server.forceShutdown() };
}
