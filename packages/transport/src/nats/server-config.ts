import { QueueNames } from './names.js';
import { inboxPrefixOf } from './nats-identity.js';

/** Permissions of a user of the server; subjects may hold wildcards. */
export interface NatsPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

export interface NatsUser {
  /** Purpose of the user: a comment in the file. */
  readonly title: string;
  /** The nkey; its seed is the user's alone. */
  readonly publicKey: string;
  readonly permissions: NatsPermissions;
}

export interface NatsServerConfig {
  readonly users: readonly NatsUser[];
  /** Folder of JetStream; what it holds may be lost at any time. */
  readonly storeDir: string;
  /** Files of the server's certificate; with `ca`, clients have to show one of that authority. */
  readonly tls: { readonly cert: string; readonly key: string; readonly ca: string | null } | null;
}

/** The coordinator makes streams and consumers, publishes tasks, and wakes workers. `queue` null: whichever is its own. */
export function coordinatorPermissions(queue: string | null, publicKey: string): NatsPermissions {
  return {
    publish: [queue === null ? 'oodgrid.>' : new QueueNames(queue).all, '$JS.API.>'],
    subscribe: [`${inboxPrefixOf(publicKey)}.>`],
  };
}

/**
 * A worker pulls the tasks of its pool and says what became of them: it can neither publish tasks nor see those of another pool.
 * `of` null: of any pool of the server.
 */
export function workerPermissions(
  of: { readonly queue: string; readonly pool: string } | null,
  publicKey: string,
): NatsPermissions {
  const names = of === null ? null : new QueueNames(of.queue);
  const stream = of === null || names === null ? '*' : names.stream(of.pool);
  return {
    publish: [
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
      `$JS.API.CONSUMER.LIST.${stream}`,
      `$JS.ACK.${stream}.>`,
    ],
    subscribe: [
      `${inboxPrefixOf(publicKey)}.>`,
      of === null || names === null ? 'oodgrid.*.wake.*' : names.wake(of.pool),
    ],
  };
}

/** The configuration of a nats-server that lets in those users and nobody else. */
export function natsServerConfig({ users, storeDir, tls }: NatsServerConfig): string {
  const lines = [
    '# Made by "ood-cli nats config". Public keys only: each seed is with its user.',
    `jetstream { store_dir: ${JSON.stringify(storeDir)} }`,
    'max_connections: 10000',
    'max_payload: 65536',
    'max_control_line: 4096',
  ];
  if (tls !== null) {
    lines.push('tls {', `  cert_file: ${JSON.stringify(tls.cert)}`, `  key_file: ${JSON.stringify(tls.key)}`);
    if (tls.ca !== null) lines.push(`  ca_file: ${JSON.stringify(tls.ca)}`, '  verify: true');
    lines.push('  timeout: 5', '}');
  }
  lines.push('accounts {', '  OODGRID {', '    jetstream: enabled', '    users: [');
  for (const user of users) lines.push(...userLines(user));
  lines.push('    ]', '  }', '}', '');
  return lines.join('\n');
}

function userLines({ title, publicKey, permissions }: NatsUser): readonly string[] {
  const list = (subjects: readonly string[]) => JSON.stringify(subjects);
  return [
    `      # ${title.replaceAll(/[^\x20-\x7e]/g, ' ')}`,
    `      { nkey: ${publicKey}, permissions: {`,
    `        publish: ${list(permissions.publish)}`,
    `        subscribe: ${list(permissions.subscribe)}`,
    '      } }',
  ];
}
