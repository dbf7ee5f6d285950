import type { PlannedTask, RunEvent } from '@oodgrid/coordinator';
import { Progress, type ProgressState } from './progress.js';

export interface ProgressOutput {
  write(text: string): void;
  readonly isTty: boolean;
}

const WASM_COST = 'about 10x slower forward and 20x on gradients: "npm run setup" builds native TensorFlow';
const REFRESH_MS = 200;
const nowSeconds = () => performance.now() / 1000;

/** `12/41 tasks  4,310 images/s  about 1 min 20 s left` */
export function progressLine({ tasksDone, tasksTotal, imagesPerSecond, etaSeconds }: ProgressState): string {
  const rate = `${Math.round(imagesPerSecond).toLocaleString('en-US')} images/s`;
  const eta = etaSeconds === undefined ? '' : `  about ${duration(etaSeconds)} left`;
  return `${tasksDone}/${tasksTotal} tasks  ${rate}${eta}`;
}

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Shows a run: one line that rewrites itself on a terminal, a line per event elsewhere. */
export function showProgress(
  tasks: readonly PlannedTask[],
  output: ProgressOutput,
): { onEvent(event: RunEvent): void; close(): void } {
  const progress = new Progress(tasks, nowSeconds());
  const erase = output.isTty ? '\r\x1b[2K' : '';
  const refresh = () => output.write(`${erase}${progressLine(progress.state(nowSeconds()))}`);
  const timer = output.isTty ? setInterval(refresh, REFRESH_MS) : undefined;
  return {
    onEvent: (event) => {
      progress.add(event);
      const line = eventLine(event, output.isTty);
      if (line === undefined) return;
      const state =
        event.kind === 'task-done' && !output.isTty
          ? `  [${progressLine(progress.state(nowSeconds()))}]`
          : '';
      output.write(`${erase}${line}${state}\n`);
    },
    close: () => {
      clearInterval(timer);
      output.write(erase);
    },
  };
}

/** On a terminal only what is out of the ordinary gets a line of its own. */
export function eventLine(event: RunEvent, isTty: boolean): string | undefined {
  switch (event.kind) {
    case 'worker-joined': {
      const { workerId, engine } = event.worker;
      // Worth a line of its own everywhere: the run takes many times as long, and has other last bits.
      if (engine.kind === 'wasm') return `${workerId} computes on WebAssembly, ${WASM_COST}`;
      return isTty ? undefined : `${workerId} joined: ${engine.kind} ${engine.version} on ${engine.device}`;
    }
    case 'worker-lost':
      return isTty ? undefined : `${event.workerId} left`;
    case 'task-failed':
      return `task ${event.taskId} failed: ${event.failure.message}${event.willRetry ? '; trying again' : ''}`;
    case 'task-done':
      return isTty
        ? undefined
        : `task ${event.taskId} ${event.isReused ? 'taken from the cache' : `done in ${event.seconds.toFixed(1)} s`}`;
    case 'choice-made':
      // What was chosen stands in the table, with its alternatives in the results.
      return isTty ? undefined : `${event.choice.split(':').join(' ')} made`;
    case 'task-lost':
      return `task ${event.taskId} was lost with ${event.workerId}; another worker takes it`;
    case 'task-handed-back':
      return `${event.workerId} hands task ${event.taskId} back: ${event.message}`;
    case 'worker-set-aside':
      return `${event.workerId} is set aside: ${event.reason}`;
    case 'worker-taken-back':
      return `${event.workerId} is given tasks again`;
    case 'log':
      return isTty ? undefined : `${event.workerId}: ${event.line}`;
    case 'task-started':
    case 'task-progress':
    case 'ended':
      return undefined;
  }
}
