import { Args } from '@oclif/core';
import { ClusterCommand } from '../cluster/cluster-command.js';

export default class Drain extends ClusterCommand {
  static override description = 'Let a worker finish what it has and take no more';
  static override args = { worker: Args.string({ description: 'id of the worker', required: true }) };

  async run(): Promise<{ drained: string }> {
    const { args, flags } = await this.parse(Drain);
    await this.ask(flags, (client) => client.drain(args.worker));
    this.log(`${args.worker} takes no more tasks`);
    return { drained: args.worker };
  }
}
