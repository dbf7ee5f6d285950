import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { planGrid } from '@oodgrid/coordinator';
import { type Results, runIdSchema } from '@oodgrid/protocol';
import { resultsTable } from '@oodgrid/report';
import { shutdownSignal } from '@oodgrid/runtime';
import { FolderBlobStore } from '@oodgrid/transport';
import { blobsDir, cliContext } from '../context.js';
import { readGrid } from '../grid/read-grid.js';
import { resolveGrid } from '../grid/resolve-grid.js';
import { defaultWorkers } from '../local/default-workers.js';
import { runLocally } from '../local/run-locally.js';
import { dataDirFlag, OodCommand, setFlag } from '../ood-command.js';
import { writeRun } from '../output/write-run.js';
import { duration, showProgress } from '../progress/show-progress.js';

export default class Submit extends OodCommand {
  static override description = 'Compute a grid: every method on every data set pair and model, then report';
  static override examples = [
    '<%= config.bin %> submit examples/quickstart.yaml',
    '<%= config.bin %> submit grid.yaml --workers 4 --set seed=7',
  ];
  static override args = { grid: Args.string({ description: 'grid file (yaml)', required: true }) };
  static override flags = {
    workers: Flags.integer({
      description: 'worker processes (default: one per core, as far as memory reaches)',
      min: 1,
      max: 1024,
    }),
    cache: Flags.boolean({ description: 'use and fill the score cache', default: true, allowNo: true }),
    output: Flags.string({
      description: "folder for the run's results (default: outputs.dir of the grid, then the run's id)",
    }),
    set: setFlag,
    'data-dir': dataDirFlag,
    engine: Flags.string({
      description: 'tensor engine',
      options: ['native', 'wasm'] as const,
      default: 'native',
    }),
  };

  async run(): Promise<Results> {
    const { args, flags } = await this.parse(Submit);
    const signal = shutdownSignal();
    const context = cliContext(flags['data-dir']);
    const grid = await readGrid(args.grid, flags.set);
    const blobs = new FolderBlobStore(blobsDir(context));
    const resolved = await resolveGrid(grid, {
      context,
      baseDir: dirname(resolve(args.grid)),
      blobs,
      signal,
    });
    const id = runIdSchema.parse(runId(resolved.name, new Date()));
    const folder = resolve(flags.output ?? join(grid.outputs.dir, id));
    await mkdir(dirname(folder), { recursive: true });
    const plan = planGrid(resolved, grid.options.slice);
    const workers = flags.workers ?? grid.options.workers ?? defaultWorkers();
    const progress = showProgress(plan.tasks, {
      write: (text) => process.stderr.write(text),
      isTty: process.stderr.isTTY === true,
    });
    const merged = await runLocally(resolved, {
      id,
      context,
      workers,
      slice: grid.options.slice,
      isCacheUsed: flags.cache,
      engine: flags.engine === 'wasm' ? 'wasm' : 'native',
      signal,
      onEvent: progress.onEvent,
    }).finally(() => progress.close());
    await writeRun(merged, folder, grid.outputs.formats);
    this.#show(merged.results, folder, grid.outputs.formats.includes('html'));
    return merged.results;
  }

  #show(results: Results, folder: string, hasReport: boolean): void {
    const isColoured = process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '';
    this.log(resultsTable(results, { color: isColoured }));
    const { seconds, work, workers } = results.run;
    this.log(
      `${duration(seconds)} on ${workers} workers, ${work.forwards.toLocaleString('en-US')} forward and ${work.gradients.toLocaleString('en-US')} gradient passes; digest ${results.digest}`,
    );
    this.log(`results: ${folder}`);
    if (hasReport) this.log(`report:  ${join(folder, 'report.html')}`);
  }
}

/** `quickstart-20261124-073421`: sorts by time, reads at a glance. */
function runId(name: string, now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${name.replaceAll(/[^\w-]/g, '-')}-${stamp}-${process.pid}`;
}
