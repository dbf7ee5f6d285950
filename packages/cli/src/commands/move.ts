import { Args, Flags } from '@oclif/core';
import { ControlAction, type RunSummary } from '@oodgrid/contract/wire';
import { ClusterCommand } from '../cluster/cluster-command.js';
import { runText } from '../output/cluster-reports.js';

export default class Move extends ClusterCommand {
  static override description =
    'Start a run anew in another numerics class; what the former class computed does not count for it';
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };
  static override flags = {
    class: Flags.string({
      description: 'numerics class, as "ood-cli workers" prints it',
      required: true,
    }),
  };

  async run(): Promise<{ run: RunSummary }> {
    const { args, flags } = await this.parse(Move);
    const { summary } = await this.ask(flags, (client) =>
      client.control(args.run, ControlAction.CONTROL_ACTION_MOVE, flags.class),
    );
    this.log(runText(summary, []));
    return { run: summary };
  }
}
