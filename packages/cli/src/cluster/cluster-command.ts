import { Flags } from '@oclif/core';
import { OodCommand } from '../ood-command.js';
import { ClusterClient } from './cluster-client.js';

/** Where the coordinator is. */
export const coordinatorFlag = Flags.string({
  description: 'HOST:PORT of the coordinator',
  env: 'OODGRID_COORDINATOR',
});

export const requiredCoordinatorFlag = Flags.string({
  description: 'HOST:PORT of the coordinator',
  env: 'OODGRID_COORDINATOR',
  default: '127.0.0.1:7433',
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
