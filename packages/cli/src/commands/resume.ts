import { Args } from '@oclif/core';
import { ControlAction, type RunSummary } from '@oodgrid/contract/wire';
import { ClusterCommand } from '../cluster/cluster-command.js';
import { runText } from '../output/cluster-reports.js';

export default class Resume extends ClusterCommand {
  static override description = 'Go on with a paused run';
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };

  async run(): Promise<{ run: RunSummary }> {
    const { args, flags } = await this.parse(Resume);
    const { summary } = await this.ask(flags, (client) =>
      client.control(args.run, ControlAction.CONTROL_ACTION_RESUME),
    );
    this.log(runText(summary, []));
    return { run: summary };
  }
}
