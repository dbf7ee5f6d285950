import { Flags } from '@oclif/core';
import { OodError } from '@oodgrid/contract';
import { OodCommand } from '../ood-command.js';
import { ClusterClient } from './cluster-client.js';
import { type ConnectionFlags, connectionFlags, coordinatorEndpoint } from './connection-flags.js';
import { CoordinatorPlace } from './coordinator-place.js';

const ADDRESS = /^(?:(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):(?<port>\d{1,5})|unix:.+)$/;

/** Checks the form of a coordinator's address. Throws `invalid-input` unless it is HOST:PORT, `unix:` and a path, or `@` and a file. */
async function checkPlace(text: string): Promise<string> {
  if (/^@./.test(text)) return text;
  const found = ADDRESS.exec(text);
  const port = Number(found?.groups?.port ?? 1);
  if (found !== null && port >= 1 && port <= 65_535) return text;
  throw new OodError(
    'invalid-input',
    `--coordinator: ${JSON.stringify(text)} is no HOST:PORT, for example 127.0.0.1:7433, and no @FILE`,
  );
}

/** The address itself: of a cluster file the first that answers. */
async function parseAddress(text: string): Promise<string> {
  return (await CoordinatorPlace.open(await checkPlace(text), () => undefined, 0)).address;
}

const PLACE = 'HOST:PORT of the coordinator, or @ and the file that "serve --cluster-file" writes';

/** Flag with the coordinator's address. */
export const coordinatorFlag = Flags.string({
  description: PLACE,
  env: 'OODGRID_COORDINATOR',
  parse: parseAddress,
});

const requiredCoordinatorFlag = Flags.string({
  description: PLACE,
  env: 'OODGRID_COORDINATOR',
  default: '127.0.0.1:7433',
  parse: parseAddress,
});

/** The same for a worker, which looks again where the coordinator is whenever it connects. */
export const placeFlag = Flags.string({
  description: PLACE,
  env: 'OODGRID_COORDINATOR',
  default: '127.0.0.1:7433',
  parse: checkPlace,
});

/** Parent of the commands that ask a coordinator one thing. */
export abstract class ClusterCommand extends OodCommand {
  static override baseFlags = { coordinator: requiredCoordinatorFlag, ...connectionFlags };

  /** Asks, and closes the connection whatever the answer. */
  protected async ask<T>(
    flags: ConnectionFlags & { readonly coordinator: string },
    question: (client: ClusterClient) => Promise<T>,
  ): Promise<T> {
    const client = new ClusterClient(coordinatorEndpoint(flags, (line) => this.logToStderr(line)));
    try {
      return await question(client);
    } finally {
      client.close();
    }
  }
}
