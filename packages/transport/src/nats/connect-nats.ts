import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type Log, OodError } from '@oodgrid/protocol';

export interface NatsOptions {
  /** For example `127.0.0.1:4222`. */
  readonly server: string;
  /** What the server's monitoring shows. */
  readonly name: string;
  /** One line for each change; bounded however long the server stays away. */
  readonly log: Log;
  /** Told when the connection that stood is lost, and when it is back. */
  readonly onConnection?: (isConnected: boolean) => void;
}

/** Connects, and connects again for as long as it takes. Throws `unavailable` when the first try fails. */
export async function connectNats(
  { server, name, log, onConnection = () => undefined }: NatsOptions,
  onReturn: () => void,
): Promise<NatsConnection> {
  let connection: NatsConnection;
  try {
    connection = await connect({
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
  return connection;
}

async function watch(
  connection: NatsConnection,
  told: { readonly lost: () => void; readonly back: () => void },
): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === 'disconnect') told.lost();
    if (type === 'reconnect') told.back();
  }
}
