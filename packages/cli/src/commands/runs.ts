import type { RunSummary } from '@oodgrid/contract/wire';
import { ClusterCommand } from '../cluster/cluster-command.js';
import { runsText } from '../output/cluster-reports.js';

export default class Runs extends ClusterCommand {
  static override description = 'List the runs of a coordinator, newest first';

  async run(): Promise<{ runs: readonly RunSummary[] }> {
    const { flags } = await this.parse(Runs);
    const runs = await this.ask(flags, (client) => client.runs());
    this.log(runsText(runs));
    return { runs };
  }
}
