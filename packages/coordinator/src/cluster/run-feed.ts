import type { RunEvent } from '@oodgrid/contract';

const MAX_LINES = 1000;

/** Events of runs for those who watch, and the last lines of each run's log. */
export class RunFeed {
  readonly #listeners = new Map<string, Set<(event: RunEvent) => void>>();
  readonly #lines = new Map<string, LastLines>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  publish(run: string, event: RunEvent): void {
    if (isLogged(event)) {
      const lines = this.#lines.get(run) ?? new LastLines();
      lines.add({ at: this.#now(), event });
      this.#lines.set(run, lines);
    }
    for (const listener of this.#listeners.get(run) ?? []) listener(event);
  }

  lines(run: string): readonly string[] {
    return (this.#lines.get(run)?.inOrder() ?? []).map(
      ({ at, event }) => `${at.toISOString()} ${logLine(event)}`,
    );
  }

  forget(run: string): void {
    this.#lines.delete(run);
  }

  /** Returns a function that ends the subscription. */
  subscribe(run: string, listener: (event: RunEvent) => void): () => void {
    const listeners = this.#listeners.get(run) ?? new Set();
    this.#listeners.set(run, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(run);
    };
  }
}

type LoggedEvent = Exclude<
  RunEvent,
  { kind: 'task-done' | 'task-progress' | 'choice-made' | 'merge-progress' }
>;

/** Written out when somebody asks: most never do. */
interface LogEntry {
  readonly at: Date;
  readonly event: LoggedEvent;
}

/** The newest lines of a run: each task writes some, so the oldest is written over instead of moving all others. */
class LastLines {
  readonly #entries: LogEntry[] = [];
  #oldest = 0;

  add(entry: LogEntry): void {
    if (this.#entries.length < MAX_LINES) {
      this.#entries.push(entry);
      return;
    }
    this.#entries[this.#oldest] = entry;
    this.#oldest = (this.#oldest + 1) % MAX_LINES;
  }

  inOrder(): readonly LogEntry[] {
    return [...this.#entries.slice(this.#oldest), ...this.#entries.slice(0, this.#oldest)];
  }
}

const isLogged = (event: RunEvent): event is LoggedEvent =>
  event.kind !== 'task-done' &&
  event.kind !== 'task-progress' &&
  event.kind !== 'choice-made' &&
  event.kind !== 'merge-progress';

function logLine(event: LoggedEvent): string {
  switch (event.kind) {
    case 'log':
      return `${event.workerId} ${event.taskId}: ${event.line}`;
    case 'task-started':
      return `${event.workerId} ${event.taskId}: attempt ${event.attempt} started`;
    case 'task-failed': {
      const { message, logTail } = event.failure;
      return `${event.taskId} failed: ${message}${logTail === '' ? '' : `\n${logTail}`}`;
    }
    case 'task-handed-back':
      return `${event.workerId} hands ${event.taskId} back: ${event.message}`;
    case 'worker-set-aside': {
      const how = event.seconds === null ? 'until it is well' : `for ${event.seconds} s`;
      return `${event.workerId} is set aside ${how}: ${event.reason}`;
    }
    case 'blob-missing':
      return event.message;
    case 'waits':
      return event.reason === '' ? 'goes on' : `waits: ${event.reason}`;
    case 'worker-taken-back':
      return `${event.workerId} is given tasks again`;
    case 'task-lost':
      return `${event.taskId} was lost with ${event.workerId}`;
    case 'worker-joined':
      return `${event.worker.workerId} joined`;
    case 'worker-lost':
      return `${event.workerId} left`;
    case 'moved':
      return `starts anew in class ${event.numericsClass}`;
    case 'ended':
      return `the run is ${event.status}${event.problem === null ? '' : `: ${event.problem.message}`}`;
  }
}
