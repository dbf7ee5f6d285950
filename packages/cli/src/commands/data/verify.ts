import { Args } from '@oclif/core';
import { OodError } from '@oodgrid/contract';
import { listDatasets, verifyDataset } from '@oodgrid/datasets';
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
    const damaged: string[] = [];
    for (const dataset of chosen) {
      for (const split of ['test', 'train'] as const) {
        if (dataset.splits[split] === undefined) continue;
        const found = await verifyDataset(dataset.name, split, { cacheDir });
        datasets.push(dataEntry(dataset, split, found));
        this.log(`${dataset.name}/${split}: ${found.state}`);
        if (found.state === 'corrupt') damaged.push(found.reason);
      }
    }
    if (damaged.length > 0)
      throw new OodError('corrupt-data', `${damaged.join('; ')}; "ood-cli data pull" fetches it again`);
    return { datasets };
  }
}
