import { Args } from '@oclif/core';
import { comparedTables, comparedText } from '@oodgrid/report';
import { OodCommand } from '../ood-command.js';
import { type CompareReport, compareReport } from '../output/compare-report.js';
import { readRunResults } from '../output/read-run-results.js';

export default class Compare extends OodCommand {
  static override description =
    'Say which methods of a run the data do not tell from the best one: paired tests with Holm adjustment, table by table';
  static override examples = ['<%= config.bin %> compare runs/my-run'];
  static override args = {
    run: Args.string({ description: 'folder of a run, or its results.json', required: true }),
  };

  async run(): Promise<CompareReport> {
    const { args } = await this.parse(Compare);
    const results = await readRunResults(args.run);
    const tables = comparedTables(results);
    this.log(comparedText(tables, process.stdout.columns));
    return compareReport(results, tables);
  }
}
