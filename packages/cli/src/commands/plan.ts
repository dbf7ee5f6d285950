import { dirname, resolve } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { estimate, planGrid, taskWork } from '@oodgrid/coordinator';
import { FolderBlobStore } from '@oodgrid/transport';
import { blobsDir, cliContext } from '../context.js';
import { readGrid } from '../grid/read-grid.js';
import { resolveGrid } from '../grid/resolve-grid.js';
import { defaultWorkers } from '../local/default-workers.js';
import { dataDirFlag, OodCommand, setFlag } from '../ood-command.js';
import { type PlanReport, planText } from '../output/plan-report.js';

export default class Plan extends OodCommand {
  static override description = 'Show what a grid would compute: tasks, shared passes, estimated cost';
  static override args = { grid: Args.string({ description: 'grid file (yaml)', required: true }) };
  static override flags = {
    workers: Flags.integer({ description: 'worker processes to reckon with', min: 1, max: 1024 }),
    set: setFlag,
    'data-dir': dataDirFlag,
  };

  async run(): Promise<PlanReport> {
    const { args, flags } = await this.parse(Plan);
    const context = cliContext(flags['data-dir']);
    const grid = await readGrid(args.grid, flags.set);
    const { signal } = new AbortController();
    const blobs = new FolderBlobStore(blobsDir(context));
    const resolved = await resolveGrid(grid, {
      context,
      baseDir: dirname(resolve(args.grid)),
      blobs,
      signal,
    });
    const plan = planGrid(resolved, grid.options.slice);
    const report: PlanReport = {
      cells: plan.cells.map(({ row, id, ood, model }) => ({ method: row, id, ood, model })),
      tasks: plan.tasks.map((task) => ({
        id: task.id,
        kind: task.kind,
        model: task.model.name,
        data: task.data?.name ?? 'noise',
        from: task.from,
        to: task.to,
        methods: [...new Set(task.units.map(({ method }) => method))],
        work: taskWork(task),
      })),
      workers: flags.workers ?? grid.options.workers ?? defaultWorkers(),
      ...estimate(plan.tasks),
    };
    this.log(planText(report));
    return report;
  }
}
