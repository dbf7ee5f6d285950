import { visible } from '@oodgrid/contract';
import type { RunSummary, TaskDetail, WorkerSummary } from '@oodgrid/contract/wire';
import { textTable } from '@oodgrid/report';
import { z } from 'zod';
import { duration } from '../progress/duration.js';

const count = z.number().int().min(0);

export const runSummarySchema = z.object({
  run: z.string(),
  name: z.string(),
  status: z.enum(['waiting', 'running', 'paused', 'merging', 'done', 'failed', 'cancelled']),
  submittedAt: z.iso.datetime(),
  seconds: z.number().min(0),
  priority: z.number().int(),
  numericsClass: z.string(),
  tasks: z.array(z.object({ state: z.string(), count })),
  reusedUnits: count,
  result: z.string(),
  problemCode: z.string(),
  problemMessage: z.string(),
  waitsFor: z.string(),
  statusSeconds: z.number().min(0),
  /** Cells that are merged, and all: while the run is merging. */
  mergedCells: count,
  cells: count,
  running: z.array(
    z.object({
      cell: z.string(),
      auroc: z.number(),
      low: z.number(),
      high: z.number(),
      share: z.number(),
    }),
  ),
});

export const taskDetailSchema = z.object({
  id: z.string(),
  state: z.string(),
  attempts: count,
  workers: z.array(z.string()),
  problem: z.string(),
  logTail: z.string(),
});

export const workerSummarySchema = z.object({
  workerId: z.string(),
  status: z.enum(['connected', 'draining', 'set aside', 'lost', 'gone']),
  numericsClass: z.string(),
  device: z.string(),
  leases: count,
  slots: count,
  memoryBytes: count,
  doing: z.string(),
  pid: count,
  trouble: z.string(),
  host: z.string(),
  seconds: z.number().min(0),
});

/** `93.1 (91.0-95.2)`: with the interval in which the final one is expected. */
export const provisionalAuroc = ({ auroc, low, high }: RunSummary['running'][number]): string =>
  `${(100 * auroc).toFixed(1)} (${(100 * low).toFixed(1)}-${(100 * high).toFixed(1)})`;

/** `41 done, 2 running` */
function tasksText({ tasks }: RunSummary): string {
  return tasks
    .filter((one) => one.count > 0)
    .map((one) => `${one.count} ${one.state}`)
    .join(', ');
}

export function runsText(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return 'no runs';
  const rows = runs.map((run) => [
    run.run,
    run.status,
    tasksText(run),
    duration(run.seconds),
    String(run.priority),
  ]);
  const waiting = runs
    .filter(({ waitsFor }) => waitsFor !== '')
    .map((one) => visible(`${one.run} waits: ${one.waitsFor}`));
  return [textTable(['run', 'status', 'tasks', 'time', 'priority'], rows), ...waiting].join('\n');
}

const OVER: readonly string[] = ['done', 'failed', 'cancelled'];

/** `merging for 3 s, 39 s after it was submitted (...)`, `done since 5 min, after 39 s` */
function statusText({ status, seconds, statusSeconds, submittedAt }: RunSummary): string {
  if (OVER.includes(status)) return `${status} since ${duration(statusSeconds)}, after ${duration(seconds)}`;
  return `${status} for ${duration(statusSeconds)}, submitted ${duration(seconds)} ago (${submittedAt})`;
}

export function runText(summary: RunSummary, tasks: readonly TaskDetail[]): string {
  const lines = [`${summary.run} (${summary.name}): ${statusText(summary)}`];
  if (summary.tasks.length > 0) lines.push(`tasks: ${tasksText(summary)}`);
  if (summary.reusedUnits > 0) lines.push(`${summary.reusedUnits} results were taken from the cache`);
  if (summary.waitsFor !== '') lines.push(`waits: ${summary.waitsFor}`);
  if (summary.cells > 0) lines.push(`merged: ${summary.mergedCells} of ${summary.cells} cells`);
  if (summary.problemMessage !== '') lines.push(...`problem: ${summary.problemMessage}`.split('\n'));
  for (const metric of summary.running) {
    lines.push(
      `provisional AUROC ${provisionalAuroc(metric)}, ${Math.floor(100 * metric.share)} % of ${metric.cell}`,
    );
  }
  for (const { id, state, attempts, workers, problem, logTail } of tasks) {
    const where = workers.length === 0 ? '' : ` on ${workers.join(' and ')}`;
    lines.push(`${state}${where}, attempt ${attempts}: ${id}`);
    if (problem !== '') lines.push(...problem.split('\n').map((line) => `    ${line}`));
    if (logTail !== '') lines.push(...logTail.split('\n').map((line) => `    | ${line}`));
  }
  return lines.map(visible).join('\n');
}

export function workersText(workers: readonly WorkerSummary[]): string {
  if (workers.length === 0) return 'no workers';
  const rows = workers.map((one) => [
    one.workerId,
    `${one.status} for ${duration(one.seconds)}`,
    `${one.host}:${one.pid}`,
    `${one.leases}/${one.slots}`,
    one.device,
    one.numericsClass,
    one.trouble === '' ? one.doing : one.trouble,
  ]);
  return textTable(['worker', 'status', 'process', 'tasks', 'device', 'class', 'doing'], rows);
}
