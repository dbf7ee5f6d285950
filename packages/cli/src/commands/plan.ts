import { existsSync } from 'node:fs';
import { Flags } from '@oclif/core';
import type { GridSpec } from '@oodgrid/contract';
import {
  estimate,
  type Plan as GridPlan,
  GridWorkload,
  openScoreCache,
  reusableUnits,
  taskWork,
} from '@oodgrid/coordinator';
import { registerModelSource } from '@oodgrid/models';
import { registerProtocol } from '@oodgrid/protocols';
import { FolderBlobStore } from '@oodgrid/transport';
import { blobsDir, type CliContext, cliContext, scoresPath } from '../context.js';
import { probeEngine } from '../doctor/probe-engine.js';
import { methodsWith } from '../grid/own-methods.js';
import { readGrid } from '../grid/read-grid.js';
import { resolveGrid } from '../grid/resolve-grid.js';
import { takeInModules } from '../grid/user-modules.js';
import { readRates } from '../local/measured-rates.js';
import { placeWorkers } from '../local/place-workers.js';
import {
  dataDirFlag,
  gridArg,
  methodFlag,
  modelSourceFlag,
  OodCommand,
  protocolFlag,
  setFlag,
} from '../ood-command.js';
import { estimatedSeconds, MAX_TASKS, type PlanReport, planText } from '../output/plan-report.js';
import { requireCache } from '../output/writable-folder.js';

const methodsOf = (units: readonly { readonly method: string }[]): string[] => [
  ...new Set(units.map(({ method }) => method)),
];

export default class Plan extends OodCommand {
  static override description = 'Show what a grid would compute: tasks, shared passes, estimated cost';
  static override args = { grid: gridArg };
  static override flags = {
    workers: Flags.integer({ description: 'worker processes to estimate for', min: 1, max: 1024 }),
    tasks: Flags.boolean({ description: 'list every task', default: false }),
    set: setFlag,
    protocol: protocolFlag,
    method: methodFlag,
    'model-source': modelSourceFlag,
    'data-dir': dataDirFlag,
  };

  async run(): Promise<PlanReport> {
    const { args, flags } = await this.parse(Plan);
    const context = cliContext(flags['data-dir']);
    await takeInModules(flags.protocol, registerProtocol);
    await takeInModules(flags['model-source'], registerModelSource);
    const methods = await methodsWith(flags.method);
    const { grid, baseDir } = await readGrid(args.grid, flags.set, methods);
    await requireCache(context.cacheDir);
    const { signal } = new AbortController();
    const blobs = new FolderBlobStore(blobsDir(context));
    const resolved = await resolveGrid(grid, {
      context,
      baseDir,
      blobs,
      signal,
      methods,
    });
    const { plan, reused } = await this.#plan(context, {
      kind: 'grid',
      grid: resolved,
      slice: grid.options.slice,
    });
    const placement = placeWorkers(resolved.memoryBytes, flags.workers ?? grid.options.workers);
    const { workers } = placement;
    const rates = readRates(context.cacheDir);
    const report: PlanReport = {
      cells: plan.cells.map(({ row, id, ood, model }) => ({ method: row, id, ood, model })),
      tasks: plan.tasks.map((task) => ({
        id: task.id,
        kind: task.kind,
        model: task.model.name,
        data: task.data.name,
        from: task.from,
        to: task.to,
        methods: methodsOf(task.units),
        work: taskWork(task),
        reusedMethods: methodsOf(task.units.filter(({ id }) => reused.has(id))),
        isReused: task.units.every(({ id }) => reused.has(id)),
      })),
      workers,
      workersReason: placement.reason,
      ...estimate(plan.tasks, reused),
      seconds: estimatedSeconds(plan.tasks, reused, workers, rates),
      isMeasured: plan.tasks.every(({ model }) => Object.hasOwn(rates, model.architecture)),
      warnings: [...(resolved.warnings ?? [])],
    };
    this.log(planText(report, flags.tasks ? Number.POSITIVE_INFINITY : MAX_TASKS));
    return report;
  }

  /** The plan, and the units whose results are in the cache; none where no engine says which bits it would give. */
  async #plan(context: CliContext, spec: GridSpec): Promise<{ plan: GridPlan; reused: ReadonlySet<string> }> {
    const workload = new GridWorkload(spec);
    const path = scoresPath(context);
    const engine = existsSync(path) ? await probeEngine(context.cacheDir).catch(() => undefined) : undefined;
    if (engine === undefined) return { plan: workload.plan, reused: new Set() };
    const store = openScoreCache(path, context.log);
    try {
      return { plan: workload.plan, reused: await reusableUnits(workload, engine.numericsClass, store) };
    } finally {
      store.close();
    }
  }
}
