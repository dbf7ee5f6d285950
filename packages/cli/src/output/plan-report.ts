import { warningSchema, workCountsSchema } from '@oodgrid/protocol';
import { z } from 'zod';
import { duration } from '../progress/show-progress.js';
import { textTable } from './text-table.js';

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
  /** Passes that will be done, shared ones once, without those of reused tasks. */
  work: workCountsSchema,
  /** Passes that one script per method and setting would do. */
  plain: workCountsSchema,
  /** What is odd about the data. */
  warnings: z.array(warningSchema),
});
export type PlanReport = z.infer<typeof planReportSchema>;

/** Passes of one image a second on one core of a server of the 2020s; most passes of a sweep end before the last layer. */
const FORWARDS_PER_SECOND = 4000;

export function planText({ cells, tasks, workers, work, plain, warnings }: PlanReport): string {
  const rows = tasks.map((task) => [
    task.kind,
    task.model,
    `${task.data} [${task.from}, ${task.to})`,
    task.methods.join(' + '),
    number(task.work.forwards),
    number(task.work.gradients),
    task.isReused ? 'all' : task.reusedMethods.join(' + '),
  ]);
  const reused = tasks.filter(({ isReused }) => isReused).length;
  const seconds = (work.forwards + 1.5 * work.gradients) / FORWARDS_PER_SECOND / workers;
  return [
    textTable(['task', 'model', 'samples', 'methods', 'forward', 'gradient', 'in the cache'], rows),
    '',
    `${cells.length} cells by ${tasks.length} tasks on ${workers} workers; ${reused} tasks need not be computed: their results are in the cache`,
    `${number(work.forwards)} forward and ${number(work.gradients)} gradient passes of one image; one script per setting would do ${number(plain.forwards)} and ${number(plain.gradients)}`,
    `about ${duration(seconds)} for models of LeNet's size on CPU`,
    // Serious ones were said when the grid was resolved.
    ...warnings.filter(({ severity }) => severity === 'notice').map(({ message }) => `notice: ${message}`),
  ].join('\n');
}

const number = (value: number) => value.toLocaleString('en-US');
