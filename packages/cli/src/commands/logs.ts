import { Args } from '@oclif/core';
import { visible } from '@oodgrid/contract';
import { ClusterCommand } from '../cluster/cluster-command.js';

export default class Logs extends ClusterCommand {
  static override description =
    'Print the last lines of a run: its tasks, its failures, what its executors wrote';
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };

  async run(): Promise<{ lines: readonly string[] }> {
    const { args, flags } = await this.parse(Logs);
    const lines = await this.ask(flags, (client) => client.logs(args.run));
    for (const line of lines) this.log(visible(line));
    return { lines };
  }
}
