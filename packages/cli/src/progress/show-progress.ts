import type { PlannedTask } from '@oodgrid/coordinator';
import type { RunEvent } from '@oodgrid/protocol';
import { Progress, type ProgressState } from './progress.js';
import { ratesText } from './rate-meter.js';
import { type ProgressOutput, StatusLine } from './status-line.js';

const WASM_COST = 'about 10x slower forward and 20x on gradients: "npm run setup" builds native TensorFlow';
const TTY_REFRESH_MS = 200;
const REFRESH_MS = 1000;
const nowSeconds = () => performance.now() / 1000;

/** `12/41 tasks  2,200 images/s (7,441 passes/s)  about 1 min 20 s left` */
export function progressLine(state: ProgressState): string {
  const { tasksDone, tasksTotal, merge, etaSeconds } = state;
  if (merge !== undefined) return `${merge.merged}/${merge.cells} cells merged`;
  const eta = etaSeconds === undefined ? '' : `  about ${duration(etaSeconds)} left`;
  return `${tasksDone}/${tasksTotal} tasks  ${ratesText(state)}${eta}`;
}

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Shows a run: one line that rewrites itself on a terminal, and now and then a line elsewhere. */
export function showProgress(
  tasks: readonly PlannedTask[],
  output: ProgressOutput,
): { onEvent(event: RunEvent): void; close(): void } {
  const progress = new Progress(tasks, nowSeconds());
  const line = new StatusLine(output, performance.now());
  let isChanged = false;
  const refresh = () => {
    // Rates fall while nothing happens: that alone is no news.
    if (!output.isTty && !isChanged) return;
    if (line.update(progressLine(progress.state(nowSeconds())), performance.now())) isChanged = false;
  };
  const timer = setInterval(refresh, output.isTty ? TTY_REFRESH_MS : REFRESH_MS);
  return {
    onEvent: (event) => {
      progress.add(event, nowSeconds());
      isChanged ||=
        event.kind === 'task-done' || event.kind === 'task-progress' || event.kind === 'merge-progress';
      const said = eventLine(event, output.isTty);
      if (said !== undefined) line.say(said);
    },
    close: () => {
      clearInterval(timer);
      line.close();
    },
  };
}

/** What is worth a line of its own: on a terminal only what is out of the ordinary. */
function eventLine(event: RunEvent, isTty: boolean): string | undefined {
  switch (event.kind) {
    case 'worker-joined': {
      const { workerId, engine } = event.worker;
      // The run takes many times as long, and has other last bits.
      if (engine.kind === 'wasm') return `${workerId} computes on WebAssembly, ${WASM_COST}`;
      return isTty ? undefined : `${workerId} joined: ${engine.kind} ${engine.version} on ${engine.device}`;
    }
    case 'worker-lost':
      return isTty ? undefined : `${event.workerId} left`;
    case 'task-failed':
      return `task ${event.taskId} failed: ${event.failure.message}${event.willRetry ? '; trying again' : ''}`;
    case 'task-lost':
      return `task ${event.taskId} was lost with ${event.workerId}; another worker takes it`;
    case 'task-handed-back':
      return `${event.workerId} hands task ${event.taskId} back: ${event.message}`;
    case 'worker-set-aside':
      return `${event.workerId} is set aside: ${event.reason}`;
    case 'blob-missing':
      return event.message;
    case 'worker-taken-back':
      return `${event.workerId} is given tasks again`;
    case 'log':
      return isTty ? undefined : `${event.workerId}: ${event.line}`;
    default:
      return undefined;
  }
}
