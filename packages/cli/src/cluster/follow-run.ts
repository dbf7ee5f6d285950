import { decodeMergedRun, type MergedRun, type RunEvent } from '@oodgrid/coordinator';
import { digestSchema, ERROR_CODES, OodError } from '@oodgrid/protocol';
import type { RunSummary } from '@oodgrid/protocol/wire';
import { RemoteBlobStore } from '@oodgrid/transport';
import { duration } from '../progress/show-progress.js';
import type { ClusterClient } from './cluster-client.js';

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly write: (text: string) => void;
  readonly isTty: boolean;
}

/** Shows a run until it ends; gives its last summary. Throws why the run failed. */
export async function followRun(
  client: ClusterClient,
  run: string,
  options: FollowOptions,
): Promise<RunSummary> {
  const { signal, write, isTty } = options;
  const erase = isTty ? '\r\x1b[2K' : '';
  const meter = new ImageMeter();
  let last = '';
  const onSummary = (summary: RunSummary) => {
    const line = summaryLine(summary, meter.perSecond());
    if (isTty) write(`${erase}${line}`);
    else if (line !== last) write(`${line}\n`);
    last = line;
  };
  const onEvent = (event: RunEvent) => {
    meter.add(event);
    const line = eventLine(event);
    if (line !== undefined) write(`${erase}${line}\n`);
  };
  const onLost = (error: OodError) => write(`${erase}${error.message}; trying again\n`);
  const summary = await client.watch(run, signal, onEvent, onSummary, onLost);
  if (isTty) write('\n');
  if (summary.status === 'done') return summary;
  const code = ERROR_CODES.find((known) => known === summary.problemCode) ?? 'internal';
  throw new OodError(code, `run ${run} is ${summary.status}: ${summary.problemMessage}`);
}

/** The merged results of a run that is done. */
export async function fetchResults(client: ClusterClient, { run, result }: RunSummary): Promise<MergedRun> {
  const digest = digestSchema.safeParse(result);
  if (!digest.success) throw new OodError('not-found', `run ${run} has no results`);
  const blobs = new RemoteBlobStore(client.address);
  try {
    return decodeMergedRun(await blobs.get(digest.data));
  } finally {
    blobs.close();
  }
}

/** `12/41 tasks, 2 running, 4,310 images/s; AUROC so far: 93.10 odin, ... (45 %)` */
function summaryLine({ status, tasks, seconds, running }: RunSummary, imagesPerSecond: number): string {
  const of = (state: string) => tasks.find((one) => one.state === state)?.count ?? 0;
  const total = tasks.reduce((sum, { count }) => sum + count, 0);
  const rate = `${Math.round(imagesPerSecond).toLocaleString('en-US')} images/s`;
  const metrics = running
    .slice(0, 4)
    .map(
      ({ cell, auroc, share }) =>
        `${(100 * auroc).toFixed(2)} ${cell.split(',')[0]} (${Math.floor(100 * share)} %)`,
    );
  const so = metrics.length === 0 ? '' : `; AUROC so far: ${metrics.join(', ')}`;
  const counts = total === 0 ? '' : `, ${of('done')}/${total} tasks, ${of('running')} running, ${rate}`;
  return `${status} for ${duration(seconds)}${counts}${so}`;
}

function eventLine(event: RunEvent): string | undefined {
  switch (event.kind) {
    case 'task-failed':
      return `task ${event.taskId} failed: ${event.failure.message}${event.willRetry ? '; trying again' : ''}`;
    case 'task-lost':
      return `task ${event.taskId} was lost with ${event.workerId}; another worker takes it`;
    case 'worker-set-aside':
      return `${event.workerId} is set aside: ${event.reason}`;
    case 'worker-taken-back':
      return `${event.workerId} is given tasks again`;
    case 'worker-joined':
      return `${event.worker.workerId} joined`;
    case 'worker-lost':
      return `${event.workerId} left`;
    default:
      return undefined;
  }
}

/** Images forwarded per second, over the last seconds. */
class ImageMeter {
  readonly #seen: { readonly at: number; readonly images: number }[] = [];
  readonly #ofTask = new Map<string, number>();

  add(event: RunEvent): void {
    if (event.kind !== 'task-progress' && event.kind !== 'task-done') return;
    const before = this.#ofTask.get(event.taskId) ?? 0;
    this.#ofTask.set(event.taskId, event.work.forwards);
    this.#seen.push({ at: performance.now(), images: Math.max(0, event.work.forwards - before) });
  }

  perSecond(): number {
    const from = performance.now() - WINDOW_MS;
    while ((this.#seen[0]?.at ?? from) < from) this.#seen.shift();
    return this.#seen.reduce((sum, { images }) => sum + images, 0) / (WINDOW_MS / 1000);
  }
}

const WINDOW_MS = 5000;
