import { Args } from '@oclif/core';
import { OodError } from '@oodgrid/contract';
import type { RunSummary, TaskDetail } from '@oodgrid/contract/wire';
import { ClusterCommand } from '../cluster/cluster-command.js';
import { doneText } from '../cluster/show-results.js';
import { runText } from '../output/cluster-reports.js';

export default class Show extends ClusterCommand {
  static override description =
    'Show where a run stands, its tasks that run or failed, and the table of one that is done';
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };

  async run(): Promise<{ run: RunSummary; tasks: readonly TaskDetail[] }> {
    const { args, flags } = await this.parse(Show);
    return this.ask(flags, async (client) => {
      const { summary, tasks } = await client.show(args.run);
      if (summary === undefined) throw new OodError('internal', 'the coordinator gave no summary');
      this.log(runText(summary, tasks));
      if (summary.status === 'done' && !this.jsonEnabled()) this.log(await doneText(client, summary));
      return { run: summary, tasks };
    });
  }
}
