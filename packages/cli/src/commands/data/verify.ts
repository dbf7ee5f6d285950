import { Args } from '@oclif/core';
import { listDatasets, verifyDataset } from '@oodgrid/datasets';
import { OodError } from '@oodgrid/protocol';
import { cliContext } from '../../context.js';
import { datasetOrThrow } from '../../data-set-names.js';
import { OodCommand } from '../../ood-command.js';
import { type DataEntry, dataEntry } from '../../output/data-report.js';

export default class DataVerify extends OodCommand {
  static override description =
    'Check the SHA-256 of cached data sets; ends with an error when one is damaged';
  static override args = { dataset: Args.string({ description: 'name of the data set (default: all)' }) };

  async run(): Promise<{ datasets: DataEntry[] }> {
    const { args } = await this.parse(DataVerify);
    const { cacheDir } = cliContext([]);
    const chosen = args.dataset === undefined ? listDatasets() : [datasetOrThrow(args.dataset)];
    const datasets: DataEntry[] = [];
    for (const dataset of chosen) {
      for (const split of ['test', 'train'] as const) {
        if (dataset.splits[split] === undefined) continue;
        const entry = dataEntry(dataset, split, await verifyDataset(dataset.name, split, { cacheDir }));
        datasets.push(entry);
        this.log(`${entry.name}/${split}: ${entry.state}`);
      }
    }
    const damaged = datasets.filter(({ state }) => state === 'corrupt');
    if (damaged.length > 0) {
      const paths = damaged.map(({ path }) => path).join(', ');
      throw new OodError(
        'corrupt-data',
        `${paths}: not what the catalog promises; "ood-cli data pull" fetches it again`,
      );
    }
    return { datasets };
  }
}
