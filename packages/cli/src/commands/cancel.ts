import { Args } from '@oclif/core';
import { ControlAction, type RunSummary } from '@oodgrid/contract/wire';
import { ClusterCommand } from '../cluster/cluster-command.js';
import { runText } from '../output/cluster-reports.js';

export default class Cancel extends ClusterCommand {
  static override description = 'End a run; what was computed stays in the cache';
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };

  async run(): Promise<{ run: RunSummary }> {
    const { args, flags } = await this.parse(Cancel);
    const { summary } = await this.ask(flags, (client) =>
      client.control(args.run, ControlAction.CONTROL_ACTION_CANCEL),
    );
    this.log(runText(summary, []));
    return { run: summary };
  }
}
