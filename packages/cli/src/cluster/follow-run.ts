import type { RunEvent } from '@oodgrid/contract';
import { digestSchema, ERROR_CODES, OodError } from '@oodgrid/contract';
import type { RunSummary } from '@oodgrid/contract/wire';
import { type MergedPart, readMergedRun } from '@oodgrid/coordinator';
import { RemoteBlobStore } from '@oodgrid/transport';
import { provisionalAuroc } from '../output/cluster-reports.js';
import { duration } from '../progress/duration.js';
import { eventLine } from '../progress/event-line.js';
import { RateMeter, ratesText, type WorkRates } from '../progress/rate-meter.js';
import { type ProgressOutput, StatusLine } from '../progress/status-line.js';
import type { ClusterClient } from './cluster-client.js';

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly output: ProgressOutput;
}

/** Shows a run until it ends; returns its last summary. Throws why the run failed. */
export async function followRun(
  client: ClusterClient,
  run: string,
  { signal, output }: FollowOptions,
): Promise<RunSummary> {
  const now = () => performance.now();
  const meter = new RateMeter(now() / 1000);
  const line = new StatusLine(output, now());
  let shown = '';
  // However long it stays away, it is said once.
  let isLost = false;
  const onSummary = (summary: RunSummary) => {
    isLost = false;
    const state = summaryKey(summary);
    // Off a terminal neither the time nor a rate that falls is news.
    if (!line.isOnTerminal && state === shown) return;
    if (line.update(summaryLine(summary, meter.rates(now() / 1000)), now())) shown = state;
  };
  const onEvent = (event: RunEvent) => {
    meter.add(event, now() / 1000);
    const said = eventLine(event, { members: true, logs: false });
    if (said !== undefined) line.say(said);
  };
  const onLost = (error: OodError) => {
    if (!isLost) line.say(`${error.message}; trying again`);
    isLost = true;
  };
  const summary = await client.watch(run, signal, onEvent, onSummary, onLost);
  line.end(summaryLine(summary, null));
  if (summary.status === 'done') return summary;
  const code = ERROR_CODES.find((known) => known === summary.problemCode) ?? 'internal';
  throw new OodError(code, `run ${run} is ${summary.status}: ${summary.problemMessage}`);
}

/** The merged results of a run that is done, piece by piece as they come. */
export async function* fetchResults(
  client: ClusterClient,
  { run, result }: RunSummary,
): AsyncGenerator<MergedPart> {
  const digest = digestSchema.safeParse(result);
  if (!digest.success) throw new OodError('not-found', `run ${run} has no results`);
  const blobs = new RemoteBlobStore(client.endpoint);
  try {
    yield* readMergedRun(blobs.pieces(digest.data));
  } finally {
    blobs.close();
  }
}

/** Key of a summary: a new line is printed only when it changes. */
const summaryKey = ({ status, tasks, waitsFor, mergedCells }: RunSummary): string =>
  JSON.stringify([status, tasks, waitsFor, mergedCells]);

/** `running for 20 s, 12/41 tasks, 2 running, 2,200 images/s (7,441 passes/s); provisional AUROC: ...`; no rates: null. */
function summaryLine(summary: RunSummary, rates: WorkRates | null): string {
  const { status, tasks, seconds, statusSeconds, waitsFor, running } = summary;
  const of = (state: string) => tasks.find((one) => one.state === state)?.count ?? 0;
  const total = tasks.reduce((sum, { count }) => sum + count, 0);
  const metrics = running
    .slice(0, 4)
    .map((metric) => `${metric.cell.split(',')[0]} ${provisionalAuroc(metric)}`);
  const so = metrics.length === 0 ? '' : `; provisional AUROC: ${metrics.join(', ')}`;
  const rate = rates === null ? '' : `, ${ratesText(rates)}`;
  const merge = summary.cells === 0 ? '' : `, ${summary.mergedCells}/${summary.cells} cells merged`;
  const counts = total === 0 ? '' : `, ${of('done')}/${total} tasks, ${of('running')} running${rate}`;
  const isOver = status === 'done' || status === 'failed' || status === 'cancelled';
  const time = isOver ? `after ${duration(seconds)}` : `for ${duration(statusSeconds)}`;
  return `${status} ${time}${merge}${counts}${so}${waitsFor === '' ? '' : `; ${waitsFor}`}`;
}
