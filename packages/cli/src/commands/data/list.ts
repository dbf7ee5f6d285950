import { listDatasets, verifyDataset } from '@oodgrid/datasets';
import { textTable } from '@oodgrid/report';
import { cliContext } from '../../context.js';
import { OodCommand } from '../../ood-command.js';
import { type DataEntry, dataEntry } from '../../output/data-report.js';

export default class DataList extends OodCommand {
  static override description = 'List the data sets of the catalog and whether they are here';

  async run(): Promise<{ datasets: DataEntry[] }> {
    await this.parse(DataList);
    const { cacheDir } = cliContext([]);
    const datasets: DataEntry[] = [];
    for (const dataset of listDatasets()) {
      for (const split of ['test', 'train'] as const) {
        if (dataset.splits[split] === undefined) continue;
        datasets.push(dataEntry(dataset, split, await verifyDataset(dataset.name, split, { cacheDir })));
      }
    }
    const rows = datasets.map((one) => [
      one.name,
      one.split,
      one.count.toLocaleString('en-US'),
      one.shape.join('x'),
      one.state,
      one.title,
    ]);
    this.log(textTable(['data set', 'split', 'samples', 'image', 'cache', 'what it is'], rows));
    return { datasets };
  }
}
