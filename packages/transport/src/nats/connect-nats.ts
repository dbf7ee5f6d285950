import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type Log, OodError } from '@oodgrid/contract';
import { type NatsSecurity, natsIdentity, OPEN_NATS } from './nats-identity.js';
import { tlsRefusal } from './nats-refusal.js';

/** A server that does not answer within this time is tried again. */
const DIAL_MS = 5000;
/** A server that is away for longer is asked for the reason. */
const AWAY_MS = 3000;

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
      timeout: DIAL_MS,
      maxReconnectAttempts: -1,
      // Keys, too, are replaced on one side after the other: it would stop at the second refusal.
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: 250,
      pingInterval: 10_000,
    });
  } catch (cause) {
    const message = (await tlsRefusal(server, security.tls)) ?? OodError.from(cause).message;
    throw new OodError('unavailable', `${server}: NATS cannot be reached: ${message}`, { cause });
  }
  let isLost = false;
  const explain = async () => {
    const reason = isLost ? await tlsRefusal(server, security.tls) : undefined;
    if (isLost && reason !== undefined) log(`${server}: NATS: ${reason}`, { level: 'error' });
  };
  void watch(connection, {
    refused: (error) =>
      log(`${server}: NATS refuses something: ${OodError.from(error).message}`, { level: 'error' }),
    lost: () => {
      isLost = true;
      setTimeout(explain, AWAY_MS).unref();
      onConnection(false);
      log(`${server}: NATS is gone; what it loses is published again`, { level: 'warn' });
    },
    back: () => {
      isLost = false;
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
