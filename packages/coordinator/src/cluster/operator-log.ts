import type { Log, LogFields, RunEvent } from '@oodgrid/contract';
import type { WorkerHandler, WorkerPeer } from '@oodgrid/transport';

/** Lines in one window: more are counted. */
const MAX_LINES = 50;
const WINDOW_MS = 10_000;

/** A coordinator's log for its operator: workers that come and go, runs that begin and end, and faults. Its memory is bounded. */
export class OperatorLog {
  readonly #log: Log;
  readonly #nowMs: () => number;
  readonly #workers = new Map<WorkerPeer, string>();
  /** Lines of the present window: a worker's trouble, which each of its runs tells, is written once. */
  #said = new Set<string>();
  #left = 0;
  #windowMs = Number.NEGATIVE_INFINITY;

  constructor(log: Log, nowMs: () => number) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  /** The same handler, with a line for every worker that joins or leaves, or is refused. */
  watch(handler: WorkerHandler): WorkerHandler {
    return {
      register: (peer, registration) => {
        const { workerId, numericsClass, engine, slots, host } = registration.worker;
        try {
          handler.register(peer, registration);
        } catch (thrown) {
          this.#say(
            `worker ${workerId} on ${host} is refused: ${thrown instanceof Error ? thrown.message : thrown}`,
            { level: 'warn', worker: workerId },
          );
          throw thrown;
        }
        this.#workers.set(peer, workerId);
        this.#say(
          `worker ${workerId} on ${host} joined: ${engine.kind} ${engine.version} on ${engine.device}, ${slots} places, class ${numericsClass}`,
          { worker: workerId },
        );
      },
      receive: (peer, message) => handler.receive(peer, message),
      disconnected: (peer) => {
        const workerId = this.#workers.get(peer);
        this.#workers.delete(peer);
        if (workerId !== undefined) this.#say(`worker ${workerId} left`, { worker: workerId });
        handler.disconnected(peer);
      },
    };
  }

  submitted(run: string, name: string, isNew: boolean): void {
    this.#say(`run ${run} (${name}) is submitted${isNew ? '' : ' again'}`, { run });
  }

  event(run: string, event: RunEvent): void {
    switch (event.kind) {
      case 'ended':
        this.#say(
          `run ${run} is ${event.status}${event.problem === null ? '' : `: ${event.problem.message}`}`,
          { level: event.problem === null ? 'info' : 'error', run },
        );
        return;
      case 'waits':
        if (event.reason === '') this.#say(`run ${run} goes on`, { run });
        else this.#say(`run ${run} waits: ${event.reason}`, { level: 'warn', run });
        return;
      case 'task-handed-back':
        this.#say(`run ${run}: ${event.workerId} hands ${event.taskId} back: ${event.message}`, {
          level: 'warn',
          run,
          task: event.taskId,
          worker: event.workerId,
        });
        return;
      case 'task-failed':
        this.#say(
          `run ${run}: ${event.taskId} failed${event.willRetry ? ' and is tried again' : ''}: ${event.failure.message}`,
          {
            level: event.willRetry ? 'warn' : 'error',
            run,
            task: event.taskId,
            ...(event.workerId === undefined ? {} : { worker: event.workerId }),
          },
        );
        return;
      case 'task-lost':
        this.#say(`run ${run}: ${event.taskId} was lost with ${event.workerId}`, {
          level: 'warn',
          run,
          task: event.taskId,
          worker: event.workerId,
        });
        return;
      case 'blob-missing':
        this.#say(`run ${run}: ${event.message}`, { level: 'warn', run });
        return;
      case 'moved':
        this.#say(`run ${run} starts anew in class ${event.numericsClass}`, { run });
        return;
      default:
    }
  }

  /** Logs an event of a worker, even when no run is there to report it. */
  workerEvent(event: RunEvent): void {
    if (event.kind === 'worker-set-aside') {
      this.#say(`worker ${event.workerId} is set aside: ${event.reason}`, {
        level: 'warn',
        worker: event.workerId,
      });
    }
    if (event.kind === 'worker-taken-back')
      this.#say(`worker ${event.workerId} is given tasks again`, { worker: event.workerId });
  }

  #say(line: string, about: LogFields): void {
    const now = this.#nowMs();
    if (now - this.#windowMs >= WINDOW_MS) {
      if (this.#left > 0) this.#log(`(and ${this.#left} more lines)`);
      this.#said = new Set();
      this.#left = 0;
      this.#windowMs = now;
    }
    if (this.#said.has(line)) return;
    if (this.#said.size >= MAX_LINES) {
      this.#left++;
      return;
    }
    this.#said.add(line);
    this.#log(line, about);
  }
}
