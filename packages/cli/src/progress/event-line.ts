import type { RunEvent } from '@oodgrid/contract';

const WASM_COST = 'about 10x slower forward and 20x on gradients: "npm run setup" builds native TensorFlow';

/** Options for lines beyond unusual events. */
export interface EventDetail {
  /** Workers that join and leave. */
  readonly members: boolean;
  /** Show the log lines of workers. */
  readonly logs: boolean;
}

/** Returns a line for an event that deserves one of its own beside the status line. */
export function eventLine(event: RunEvent, detail: EventDetail): string | undefined {
  switch (event.kind) {
    case 'worker-joined': {
      const { workerId, engine } = event.worker;
      // The run takes many times as long, and has other last bits.
      if (engine.kind === 'wasm') return `${workerId} computes on WebAssembly, ${WASM_COST}`;
      return detail.members
        ? `${workerId} joined: ${engine.kind} ${engine.version} on ${engine.device}`
        : undefined;
    }
    case 'worker-lost':
      return detail.members ? `${event.workerId} left` : undefined;
    case 'task-failed':
      return `task ${event.taskId} failed: ${event.failure.message}${event.willRetry ? '; trying again' : ''}`;
    case 'task-lost':
      return `task ${event.taskId} was lost with ${event.workerId}; another worker takes it`;
    case 'task-handed-back':
      return `${event.workerId} hands task ${event.taskId} back: ${event.message}`;
    case 'worker-set-aside':
      return `${event.workerId} is set aside: ${event.reason}`;
    case 'worker-taken-back':
      return `${event.workerId} is given tasks again`;
    case 'blob-missing':
      return event.message;
    case 'log':
      return detail.logs ? `${event.workerId}: ${event.line}` : undefined;
    default:
      return undefined;
  }
}
