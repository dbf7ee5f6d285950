import { Args } from '@oclif/core';
import { loadDataset, verifyDataset } from '@oodgrid/datasets';
import { cliContext } from '../../context.js';
import { datasetOrThrow } from '../../data-set-names.js';
import { dataDirFlag, OodCommand } from '../../ood-command.js';
import { type DataEntry, dataEntry } from '../../output/data-report.js';
import { requireCache } from '../../output/writable-folder.js';

export default class DataPull extends OodCommand {
  static override description =
    'Fetch a data set into the cache from the first source that can be reached, and verify it';
  static override args = { dataset: Args.string({ description: 'name of the data set', required: true }) };
  static override flags = { 'data-dir': dataDirFlag };

  async run(): Promise<{ datasets: DataEntry[] }> {
    const { args, flags } = await this.parse(DataPull);
    const dataset = datasetOrThrow(args.dataset);
    const context = cliContext(flags['data-dir']);
    const signal = this.shutdownSignal();
    await requireCache(context.cacheDir);
    const datasets: DataEntry[] = [];
    for (const split of ['test', 'train'] as const) {
      if (dataset.splits[split] === undefined) continue;
      const { source, shape } = await loadDataset(dataset.name, split, { ...context, signal });
      this.log(`${dataset.name}/${split}: ${shape[0].toLocaleString('en-US')} samples from ${source}`);
      datasets.push(dataEntry(dataset, split, await verifyDataset(dataset.name, split, context)));
    }
    return { datasets };
  }
}
