import { createServer, type Server as NetServer } from 'node:net';
import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { OodError } from '@oodgrid/contract';
import type { AuditEntry } from '../access/audit-entry.js';
import { CallGate } from '../access/call-gate.js';
import { type Authenticator, OPEN_TO_ALL } from '../access/caller.js';
import { hostOf } from '../access/loopback.js';
import { ConnectionGuard, type ConnectionLimits } from './connection-guard.js';
import { connectionLimits, openFilesLimit } from './connection-limits.js';
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

export interface ServeOptions {
  /** Null: links are not encrypted. */
  readonly tls: ServerCredentials | null;
  readonly authenticator: Authenticator;
  readonly audit: (entry: AuditEntry) => void;
  /** Told in one word why a call or a connection was refused or ended. */
  readonly onRefused: (reason: string) => void;
  readonly limits: ConnectionLimits;
}

/** For a socket that only its owner can reach. */
const PRIVATE: ServeOptions = {
  tls: null,
  authenticator: OPEN_TO_ALL,
  audit: () => undefined,
  onRefused: () => undefined,
  limits: connectionLimits(openFilesLimit()),
};

/** A peer that is silent for this time is pinged. */
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;

export const GRPC_OPTIONS = {
  'grpc.max_receive_message_length': MAX_FRAME_BYTES,
  'grpc.keepalive_time_ms': KEEPALIVE_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  'grpc.keepalive_permit_without_calls': 1,
} as const;

const SERVER_OPTIONS = {
  ...GRPC_OPTIONS,
  'grpc.max_concurrent_streams': 100,
  'grpc.enable_channelz': 0,
  // Whoever stays for days shows a certificate of today once a day; workers and watchers come back by themselves.
  'grpc.max_connection_age_ms': 24 * 60 * 60_000,
  'grpc.max_connection_age_grace_ms': 60_000,
  'grpc.max_connection_idle_ms': 10 * 60_000,
} as const;

/**
 * Serves on an address such as `unix:/run/ood.sock` or `127.0.0.1:0`. Connections are accepted here and handed to
 * gRPC, because it has no limits of its own for those that have said nothing yet.
 */
export async function serveGrpc(
  address: string,
  services: readonly GrpcService[],
  options: Partial<ServeOptions> = {},
): Promise<GrpcServer> {
  const { tls, authenticator, audit, onRefused, limits } = { ...PRIVATE, ...options };
  const guard = new ConnectionGuard(limits, onRefused);
  const gate = new CallGate({
    authenticator,
    audit,
    onRefused,
    onBegin: ({ address: from, port }, caller) => guard.begin(from, port, caller),
    onEnd: ({ address: from, port }) => guard.end(from, port),
    onHostile: ({ address: from, port }) => guard.drop(from, port),
  });
  const server = new Server({ ...SERVER_OPTIONS, interceptors: [gate.interceptor] });
  for (const { definition, implementation } of services) server.addService(definition, implementation);
  const injector = server.createConnectionInjector(tls ?? ServerCredentials.createInsecure());
  const listener = createServer({ noDelay: true }, (socket) => {
    if (guard.accept(socket)) injector.injectConnection(socket);
  });
  try {
    await listen(listener, address);
  } catch (thrown) {
    gate.close();
    server.forceShutdown();
    const { message } = OodError.from(thrown);
    throw new OodError('unavailable', `${address}: could not be listened on: ${message}`, { cause: thrown });
  }
  // For example no file descriptor is left for another connection: those that are there go on.
  listener.on('error', () => onRefused('accept_error'));
  const bound = listener.address();
  return {
    port: bound === null || typeof bound === 'string' ? 0 : bound.port,
    close: async () => {
      gate.close();
      listener.close();
      server.forceShutdown();
      guard.close();
    },
  };
}

function listen(listener: NetServer, address: string): Promise<void> {
  const where = address.startsWith('unix:')
    ? { path: address.slice('unix:'.length) }
    : { host: hostOf(address), port: Number(/:(\d+)$/.exec(address)?.[1] ?? Number.NaN) };
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(where, resolve);
  });
}
