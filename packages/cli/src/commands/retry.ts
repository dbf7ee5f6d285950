import { Args, Flags } from '@oclif/core';
import { ControlAction, type RunSummary } from '@oodgrid/contract/wire';
import { ClusterCommand } from '../cluster/cluster-command.js';
import { runText } from '../output/cluster-reports.js';

export default class Retry extends ClusterCommand {
  static override description = 'Make the failed and quarantined tasks of a run ready again';
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };
  static override flags = {
    failed: Flags.boolean({ description: 'those that failed or are quarantined', required: true }),
  };

  async run(): Promise<{ run: RunSummary; tasks: number }> {
    const { args, flags } = await this.parse(Retry);
    const { summary, tasks } = await this.ask(flags, (client) =>
      client.control(args.run, ControlAction.CONTROL_ACTION_RETRY),
    );
    this.log(`${tasks} tasks are ready again`);
    this.log(runText(summary, []));
    return { run: summary, tasks };
  }
}
