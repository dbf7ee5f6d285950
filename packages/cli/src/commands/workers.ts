import type { WorkerSummary } from '@oodgrid/contract/wire';
import { ClusterCommand } from '../cluster/cluster-command.js';
import { workersText } from '../output/cluster-reports.js';

export default class Workers extends ClusterCommand {
  static override description =
    'List the workers of a coordinator and the counters of what it did and refused';

  async run(): Promise<{ workers: readonly WorkerSummary[]; counters: Readonly<Record<string, number>> }> {
    const { flags } = await this.parse(Workers);
    const [workers, counters] = await this.ask(flags, (client) =>
      Promise.all([client.workers(), client.counters()]),
    );
    this.log(workersText(workers));
    for (const [name, value] of Object.entries(counters)) this.log(`${name}: ${value}`);
    return { workers, counters };
  }
}
