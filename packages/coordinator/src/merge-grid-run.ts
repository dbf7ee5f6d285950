import { join } from 'node:path';
import type { ResolvedGrid, ResultsHeader } from '@oodgrid/contract';
import { bySeverity, type Digest, OodError, type ResultWarning } from '@oodgrid/contract';
import { familyMetrics, isChoosing, moduleOf, type Protocol } from '@oodgrid/protocols';
import type { RunState } from './dispatch/run-state.js';
import { comparedGroups, isEveryPairTested } from './merger/compare.js';
import { meanGroups } from './merger/group-means.js';
import { mergeBatches } from './merger/merge-batches.js';
import { describeGrid } from './planner/describe-grid.js';
import type { PlannedCell } from './planner/plan.js';
import { factsOf } from './run-facts.js';
import type { PartFiles, StoredRow } from './threads/jobs.js';
import type { ThreadPool } from './threads/thread-pool.js';
import { GridWorkload } from './workload/grid-workload.js';

export interface MergeOptions {
  readonly threads: ThreadPool;
  /** The store's database, which the threads read. */
  readonly database: string;
  /** A folder that is there and empty; parts lie in it on the way. */
  readonly folder: string;
  /** The file of the merged run; it must not exist. */
  readonly out: string;
  /** Executors that computed the run. */
  readonly workers: number;
  readonly onProgress: (mergedCells: number, cells: number) => void;
}

/** Paired tests that one job makes, about. */
const TESTS_PER_JOB = 2000;

/**
 * Merges a grid run whose tasks are all done, in threads: what is in memory at once is a batch of cells for each
 * thread, whatever the size of the run. Gives the digest of the file's bytes. Rejects with `cancelled` when the run has ended
 * meanwhile.
 */
export async function mergeGridRun(run: RunState, options: MergeOptions): Promise<Digest> {
  const { workload, submitted } = run;
  if (!(workload instanceof GridWorkload) || submitted.spec.kind !== 'grid') {
    throw new OodError('internal', `run ${run.id} is no grid run`);
  }
  const { grid } = submitted.spec;
  const { threads, database } = options;
  const { plan } = workload;
  const accuracies = await threads.run('accuracies', {
    database,
    planned: plan.accuracies,
    series: workload.keyedSeries(
      plan.accuracies.flatMap(({ series, confidences }) => [
        series,
        ...(confidences === undefined ? [] : [confidences]),
      ]),
    ),
    cards: grid.cardAccuracies ?? {},
    bootstrap: { seed: grid.seed, replicates: grid.bootstrapReplicates },
  });
  const groups = comparedGroups(plan.cells);
  const cells = await mergeCellsOf(run, workload, grid, groups, options);
  const comparisons = await compareRowsOf(run, plan.cells, groups, cells.rows, options);
  const means = meanGroups(plan.cells, grid.pairs).map(({ rows, ...where }) => ({
    where,
    rows: rows.map((own) => own.map((cell) => plannedAt(cells.rows, cell))),
  }));
  const header = {
    ...factsOf(run, options.workers),
    ...evaluationOf(workload.protocol, grid),
    groupMeans: means.length === 0 ? [] : [...(await threads.run('group-means', { groups: means }))],
    grid: describeGrid(grid),
    accuracies: [...accuracies.accuracies],
    warnings: bySeverity([...accuracies.warnings, ...(grid.warnings ?? []), ...distinct(cells.warnings)]),
    references: grid.references ?? [],
  };
  return threads.run('pack', { header, cells: cells.parts, comparisons, out: options.out });
}

/** The protocol's part of the results' header. */
function evaluationOf(
  protocol: Protocol,
  { chooseOn, pairs, trainingSeeds = [], measure, fullSpectrum }: ResolvedGrid,
): Pick<ResultsHeader, 'protocol' | 'metrics' | 'groups' | 'trainingSeeds'> {
  const { name, selection, metrics } = protocol;
  const module = moduleOf(name);
  return {
    protocol: {
      name,
      criterion: isChoosing(protocol, chooseOn) ? (selection?.criterion ?? null) : null,
      ...(chooseOn === undefined ? {} : { chosenOn: chooseOn }),
      ...(fullSpectrum === undefined ? {} : { fullSpectrum: [...fullSpectrum] }),
      ...(module === null ? {} : { module: module.digest }),
    },
    metrics: [...metrics, ...familyMetrics(measure)].map((metric) => ({
      key: metric.key,
      title: metric.title,
      isLowerBetter: metric.isLowerBetter,
      positive: metric.positive,
      ...(metric.note === undefined ? {} : { note: metric.note }),
    })),
    groups: pairs.flatMap(({ id, ood, group }) => (group === undefined ? [] : [{ id, ood, group }])),
    trainingSeeds: [...trainingSeeds],
  };
}

interface MergedBatches {
  readonly parts: readonly PartFiles[];
  /** In the plan's order. */
  readonly rows: readonly StoredRow[];
  readonly warnings: readonly ResultWarning[];
}

async function mergeCellsOf(
  run: RunState,
  workload: GridWorkload,
  grid: ResolvedGrid,
  groups: readonly (readonly number[])[],
  { threads, database, folder, onProgress }: MergeOptions,
): Promise<MergedBatches> {
  const { cells } = workload.plan;
  const mixed = mixedCells(cells, groups);
  const batches = mergeBatches(cells);
  let merged = 0;
  onProgress(0, cells.length);
  const done = await inParallel(run, threads.size, batches, async ({ from, to }, i) => {
    const part = partFiles(folder, `cells-${i}`);
    const output = await threads.run('merge', {
      database,
      work: workload.mergeInput(cells.slice(from, to), grid),
      isMixed: cells.slice(from, to).map((_, k) => mixed.has(from + k)),
      part,
      placements: join(folder, `placements-${i}`),
    });
    merged += to - from;
    onProgress(merged, cells.length);
    return { ...output, part };
  });
  return {
    parts: done.map(({ part }) => part),
    rows: done.flatMap(({ rows }) => rows),
    warnings: done.flatMap(({ warnings }) => warnings),
  };
}

async function compareRowsOf(
  run: RunState,
  cells: readonly PlannedCell[],
  groups: readonly (readonly number[])[],
  rows: readonly StoredRow[],
  { threads, folder }: MergeOptions,
): Promise<readonly PartFiles[]> {
  const isEveryPair = isEveryPairTested(groups);
  const jobs: (readonly number[])[][] = [];
  let tests = Number.POSITIVE_INFINITY;
  for (const group of groups) {
    if (tests >= TESTS_PER_JOB) {
      jobs.push([]);
      tests = 0;
    }
    jobs.at(-1)?.push(group);
    tests += isEveryPair ? (group.length * (group.length - 1)) / 2 : group.length;
  }
  return inParallel(run, threads.size, jobs, async (job, i) => {
    const part = partFiles(folder, `comparisons-${i}`);
    const input = job.flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { id, ood, model } = plannedAt(cells, first);
      return [{ group: { id, ood, model }, rows: group.map((cell) => plannedAt(rows, cell)) }];
    });
    await threads.run('compare', { groups: input, isEveryPair, part });
    return part;
  });
}

/** Cells that are compared with rows of the other split order. */
function mixedCells(
  cells: readonly PlannedCell[],
  groups: readonly (readonly number[])[],
): ReadonlySet<number> {
  return new Set(groups.filter((group) => new Set(group.map((i) => cells[i]?.splitOrder)).size > 1).flat());
}

const partFiles = (folder: string, name: string): PartFiles => ({
  message: join(folder, `${name}.message`),
  canonical: join(folder, `${name}.canonical`),
});

/** Enough jobs at once that no thread waits for the next; inputs are made only then. In the order of the items. */
async function inParallel<T, R>(
  run: RunState,
  threads: number,
  items: readonly T[],
  work: (item: T, i: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let isFailed = false;
  const lane = async () => {
    while (next < items.length && !isFailed) {
      if (run.ended !== null) throw new OodError('cancelled', `run ${run.id} has ended`);
      const i = next++;
      const item = items[i];
      if (item === undefined) continue;
      results[i] = await work(item, i);
    }
  };
  const lanes = Array.from({ length: threads + 1 }, () =>
    lane().catch((thrown: unknown) => {
      isFailed = true;
      throw thrown;
    }),
  );
  // Nobody works in the folder any more when this rejects.
  const outcomes = await Promise.allSettled(lanes);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return results;
}

/** Warnings about a pair are found again with every batch of its rows. */
function distinct(warnings: readonly ResultWarning[]): ResultWarning[] {
  return [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()];
}

/** A cell without its row would be left out of the tests without a word. */
function plannedAt<T>(list: readonly T[], cell: number): T {
  const found = list[cell];
  if (found === undefined) throw new OodError('internal', `cell ${cell} was not merged`);
  return found;
}
