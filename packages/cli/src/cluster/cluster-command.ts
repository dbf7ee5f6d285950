import { Flags } from '@oclif/core';
import { OodError } from '@oodgrid/protocol';
import { OodCommand } from '../ood-command.js';
import { ClusterClient } from './cluster-client.js';

const ADDRESS = /^(?:(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):(?<port>\d{1,5})|unix:.+)$/;

/** Throws `invalid-input` for what is neither HOST:PORT nor `unix:` and a path. */
async function parseAddress(text: string): Promise<string> {
  const found = ADDRESS.exec(text);
  const port = Number(found?.groups?.port ?? 1);
  if (found !== null && port >= 1 && port <= 65_535) return text;
  throw new OodError(
    'invalid-input',
    `--coordinator: ${JSON.stringify(text)} is no HOST:PORT, for example 127.0.0.1:7433`,
  );
}

/** Where the coordinator is. */
export const coordinatorFlag = Flags.string({
  description: 'HOST:PORT of the coordinator',
  env: 'OODGRID_COORDINATOR',
  parse: parseAddress,
});

export const requiredCoordinatorFlag = Flags.string({
  description: 'HOST:PORT of the coordinator',
  env: 'OODGRID_COORDINATOR',
  default: '127.0.0.1:7433',
  parse: parseAddress,
});

/** Parent of the commands that ask a coordinator one thing. */
export abstract class ClusterCommand extends OodCommand {
  static override baseFlags = { coordinator: requiredCoordinatorFlag };

  /** Asks, and closes the connection whatever the answer. */
  protected async ask<T>(coordinator: string, question: (client: ClusterClient) => Promise<T>): Promise<T> {
    const client = new ClusterClient(coordinator);
    try {
      return await question(client);
    } finally {
      client.close();
    }
  }
}
