import { Args } from '@oclif/core';
import { ControlAction, type RunSummary } from '@oodgrid/contract/wire';
import { ClusterCommand } from '../cluster/cluster-command.js';
import { runText } from '../output/cluster-reports.js';

export default class Pause extends ClusterCommand {
  static override description = 'Hand out no more tasks of a run';
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };

  async run(): Promise<{ run: RunSummary }> {
    const { args, flags } = await this.parse(Pause);
    const { summary } = await this.ask(flags, (client) =>
      client.control(args.run, ControlAction.CONTROL_ACTION_PAUSE),
    );
    this.log(runText(summary, []));
    return { run: summary };
  }
}
