import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type Log, OodError } from '@oodgrid/contract';
import { type NatsSecurity, natsIdentity, OPEN_NATS } from './nats-identity.js';

export interface NatsOptions {
  /** For example `127.0.0.1:4222`. */
  readonly server: string;
  /** Name of the connection in the server's monitoring. */
  readonly name: string;
  /** Left out: the server lets everybody in over a link that is not encrypted. */
  readonly security?: NatsSecurity;
  /** One line for each change; bounded however long the server stays away. */
  readonly log: Log;
  /** Told when the connection that stood is lost, and when it is back. */
  readonly onConnection?: (isConnected: boolean) => void;
}

/**
 * Connects, and connects again for as long as it takes; `inbox` makes subjects for answers. Throws `unavailable` when the first
 * try fails.
 */
export async function connectNats(
  { server, name, security = OPEN_NATS, log, onConnection = () => undefined }: NatsOptions,
  onReturn: () => void,
): Promise<{ readonly connection: NatsConnection; readonly inbox: () => string }> {
  const { authenticator, tls, inboxPrefix, inbox } = natsIdentity(security);
  let connection: NatsConnection;
  try {
    connection = await connect({
      inboxPrefix,
      ...(authenticator === undefined ? {} : { authenticator }),
      ...(tls === undefined ? {} : { tls }),
      servers: server,
      name,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      pingInterval: 10_000,
    });
  } catch (cause) {
    const { message } = OodError.from(cause);
    throw new OodError('unavailable', `${server}: NATS cannot be reached: ${message}`, { cause });
  }
  void watch(connection, {
    refused: (error) =>
      log(`${server}: NATS refuses something: ${OodError.from(error).message}`, { level: 'error' }),
    lost: () => {
      onConnection(false);
      log(`${server}: NATS is gone; what it loses is published again`, { level: 'warn' });
    },
    back: () => {
      onConnection(true);
      log(`${server}: NATS is back`);
      onReturn();
    },
  });
  return { connection, inbox };
}

async function watch(
  connection: NatsConnection,
  told: { readonly refused: (error: Error) => void; readonly lost: () => void; readonly back: () => void },
): Promise<void> {
  for await (const status of connection.status()) {
    const { type } = status;
    if (status.type === 'error') told.refused(status.error);
    if (type === 'disconnect') told.lost();
    if (type === 'reconnect') told.back();
  }
}
