import type { RunEvent } from '@oodgrid/contract';
import type { PlannedTask } from '@oodgrid/coordinator';
import { duration } from './duration.js';
import { eventLine } from './event-line.js';
import { Progress, type ProgressState } from './progress.js';
import { ratesText } from './rate-meter.js';
import { type ProgressOutput, StatusLine } from './status-line.js';

const TTY_REFRESH_MS = 200;
const REFRESH_MS = 1000;
const nowSeconds = () => performance.now() / 1000;

/** `12/41 tasks  2,200 images/s (7,441 passes/s)  about 1m 20s left` */
export function progressLine(state: ProgressState): string {
  const { tasksDone, tasksTotal, merge, etaSeconds } = state;
  if (merge !== undefined) return `${merge.merged}/${merge.cells} cells merged`;
  const eta = etaSeconds === undefined ? '' : `  about ${duration(etaSeconds)} left`;
  return `${tasksDone}/${tasksTotal} tasks  ${ratesText(state)}${eta}`;
}

/** Shows a run: one line that rewrites itself on a terminal, and now and then a line elsewhere. */
export function showProgress(
  tasks: readonly PlannedTask[],
  output: ProgressOutput,
): { onEvent(event: RunEvent): void; close(): void } {
  const progress = new Progress(tasks, nowSeconds());
  const line = new StatusLine(output, performance.now());
  const { isOnTerminal } = line;
  let isChanged = false;
  const refresh = () => {
    // Rates fall while nothing happens: that alone is no news.
    if (!isOnTerminal && !isChanged) return;
    if (line.update(progressLine(progress.state(nowSeconds())), performance.now())) isChanged = false;
  };
  const timer = setInterval(refresh, isOnTerminal ? TTY_REFRESH_MS : REFRESH_MS);
  return {
    onEvent: (event) => {
      progress.add(event, nowSeconds());
      isChanged ||=
        event.kind === 'task-done' || event.kind === 'task-progress' || event.kind === 'merge-progress';
      const said = eventLine(event, { members: !isOnTerminal, logs: !isOnTerminal });
      if (said !== undefined) line.say(said);
    },
    close: () => {
      clearInterval(timer);
      line.close();
    },
  };
}
