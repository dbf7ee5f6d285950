import { Args, Flags } from '@oclif/core';
import { comparedTables, comparedText, PUBLISHED, publishedTables, publishedText } from '@oodgrid/report';
import { OodCommand } from '../ood-command.js';
import { type CompareReport, compareReport } from '../output/compare-report.js';
import { readRunResults } from '../output/read-run-results.js';

export default class Compare extends OodCommand {
  static override description =
    'Say which methods of a run the data do not tell from the best one: paired tests with Holm adjustment, table by table';
  static override examples = [
    '<%= config.bin %> compare runs/my-run',
    '<%= config.bin %> compare runs/cifar10 --published openood-v1.5',
  ];
  static override args = {
    run: Args.string({ description: 'folder of a run, or its results.json', required: true }),
  };

  static override flags = {
    published: Flags.string({
      description: 'put the means of the groups near and far beside published ones instead',
      options: [...PUBLISHED],
    }),
    benchmark: Flags.string({
      description:
        'which of the published benchmarks the run is, where the name of its ID set does not say so',
      dependsOn: ['published'],
    }),
  };

  async run(): Promise<CompareReport> {
    const { args, flags } = await this.parse(Compare);
    const results = await readRunResults(args.run);
    const tables = comparedTables(results);
    if (flags.published === undefined) {
      this.log(comparedText(tables, process.stdout.columns));
      return compareReport(results, tables);
    }
    const published = publishedTables(results, flags.benchmark);
    this.log(publishedText(published, process.stdout.columns));
    return { ...compareReport(results, tables), published: [...published] };
  }
}
