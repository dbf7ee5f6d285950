import { availableParallelism } from 'node:os';
import { warningSchema, workCountsSchema } from '@oodgrid/contract';
import { type PlannedTask, taskWork } from '@oodgrid/coordinator';
import { textTable } from '@oodgrid/report';
import { z } from 'zod';
import { costOf, type Rates } from '../local/measured-rates.js';
import { duration } from '../progress/duration.js';

export const planReportSchema = z.object({
  cells: z.array(z.object({ method: z.string(), id: z.string(), ood: z.string(), model: z.string() })),
  tasks: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['fit', 'sweep', 'score']),
      model: z.string(),
      data: z.string(),
      from: z.number().int(),
      to: z.number().int(),
      methods: z.array(z.string()),
      work: workCountsSchema,
      /** Methods whose results are in the cache of this machine. */
      reusedMethods: z.array(z.string()),
      /** All of them are. */
      isReused: z.boolean(),
    }),
  ),
  workers: z.number().int(),
  /** Why so many. */
  workersReason: z.string(),
  /** Passes that will be done, shared ones once, without those of reused tasks. */
  work: workCountsSchema,
  /** Passes that one script per method and setting would do. */
  plain: workCountsSchema,
  /** Estimated time on this machine, in seconds. */
  seconds: z.number().min(0),
  /** Whether the estimate comes from runs on this machine. */
  isMeasured: z.boolean(),
  /** Warnings about the data. */
  warnings: z.array(warningSchema),
});
export type PlanReport = z.infer<typeof planReportSchema>;

/** Passes of one image a second on one core of a server of the 2020s, where no run has measured it. */
const PASSES_PER_SECOND = 4000;

/** Tasks that are listed unless somebody asks for all. */
export const MAX_TASKS = 20;

/** Returns the estimated seconds of the tasks that are not reused. More workers than cores do not shorten it. */
export function estimatedSeconds(
  tasks: readonly PlannedTask[],
  reused: ReadonlySet<string>,
  workers: number,
  rates: Rates,
  cores = availableParallelism(),
): number {
  let seconds = 0;
  for (const task of tasks) {
    const units = task.units.filter(({ id }) => !reused.has(id));
    if (units.length === 0) continue;
    const { architecture } = task.model;
    const rate = Object.hasOwn(rates, architecture)
      ? (rates[architecture] ?? PASSES_PER_SECOND)
      : PASSES_PER_SECOND;
    seconds += costOf(taskWork({ ...task, units })) / rate;
  }
  return seconds / Math.min(workers, cores, Math.max(1, tasks.length));
}

/** The summary, then at most `maxTasks` tasks. */
export function planText(report: PlanReport, maxTasks: number): string {
  const { cells, tasks, workers, workersReason, work, plain, warnings, seconds, isMeasured } = report;
  const rows = tasks
    .slice(0, maxTasks)
    .map((task) => [
      task.kind,
      task.model,
      `${task.data} [${task.from}, ${task.to})`,
      task.methods.join(' + '),
      number(task.work.forwards),
      number(task.work.gradients),
      task.isReused ? 'all' : task.reusedMethods.join(' + '),
    ]);
  const reused = tasks.filter(({ isReused }) => isReused).length;
  const basis = isMeasured
    ? 'by former runs on this machine'
    : "for models of LeNet's size on a CPU; the first run measures this machine";
  const left = tasks.length - rows.length;
  return [
    `${cells.length} cells by ${tasks.length} tasks on ${workers} workers (${workersReason}); ${reused} tasks need not be computed: their results are in the cache`,
    `${number(work.forwards)} forward and ${number(work.gradients)} gradient passes of one image; one script per setting would do ${number(plain.forwards)} and ${number(plain.gradients)}`,
    `about ${duration(seconds)} ${basis}`,
    // Serious ones were said when the grid was resolved.
    ...warnings.filter(({ severity }) => severity === 'notice').map(({ message }) => `notice: ${message}`),
    '',
    textTable(['task', 'model', 'samples', 'methods', 'forward', 'gradient', 'in the cache'], rows),
    ...(left === 0 ? [] : [`and ${left} more: --tasks lists them all`]),
  ].join('\n');
}

const number = (value: number) => value.toLocaleString('en-US');
