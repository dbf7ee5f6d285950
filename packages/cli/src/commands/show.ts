import { Args } from '@oclif/core';
import { OodError } from '@oodgrid/protocol';
import type { RunSummary, TaskDetail } from '@oodgrid/protocol/wire';
import { ClusterCommand } from '../cluster/cluster-command.js';
import { runText } from '../output/cluster-reports.js';

export default class Show extends ClusterCommand {
  static override description = 'Show where a run stands, and its tasks that run or failed';
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };

  async run(): Promise<{ run: RunSummary; tasks: readonly TaskDetail[] }> {
    const { args, flags } = await this.parse(Show);
    const { summary, tasks } = await this.ask(flags.coordinator, (client) => client.show(args.run));
    if (summary === undefined) throw new OodError('internal', 'the coordinator gave no summary');
    this.log(runText(summary, tasks));
    return { run: summary, tasks };
  }
}
