import type { RunEvent } from '@oodgrid/protocol';
import type { WorkerHandler, WorkerPeer } from '@oodgrid/transport';

/** Lines in one window: more are counted. */
const MAX_LINES = 50;
const WINDOW_MS = 10_000;

/** What an operator sees of a coordinator: who comes and goes, what runs begin and end, and what goes wrong. Bounded. */
export class OperatorLog {
  readonly #log: (line: string) => void;
  readonly #nowMs: () => number;
  readonly #workers = new Map<WorkerPeer, string>();
  /** Lines of the present window: a worker's trouble, which each of its runs tells, is written once. */
  #said = new Set<string>();
  #left = 0;
  #windowMs = Number.NEGATIVE_INFINITY;

  constructor(log: (line: string) => void, nowMs: () => number) {
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
          );
          throw thrown;
        }
        this.#workers.set(peer, workerId);
        this.#say(
          `worker ${workerId} on ${host} joined: ${engine.kind} ${engine.version} on ${engine.device}, ${slots} places, class ${numericsClass}`,
        );
      },
      receive: (peer, message) => handler.receive(peer, message),
      disconnected: (peer) => {
        const workerId = this.#workers.get(peer);
        this.#workers.delete(peer);
        if (workerId !== undefined) this.#say(`worker ${workerId} left`);
        handler.disconnected(peer);
      },
    };
  }

  submitted(run: string, name: string, isNew: boolean): void {
    this.#say(isNew ? `run ${run} (${name}) is submitted` : `run ${run} (${name}) is submitted again`);
  }

  event(run: string, event: RunEvent): void {
    switch (event.kind) {
      case 'ended':
        this.#say(
          `run ${run} is ${event.status}${event.problem === null ? '' : `: ${event.problem.message}`}`,
        );
        return;
      case 'task-failed':
        this.#say(
          `run ${run}: ${event.taskId} failed${event.willRetry ? ' and is tried again' : ''}: ${event.failure.message}`,
        );
        return;
      case 'task-lost':
        this.#say(`run ${run}: ${event.taskId} was lost with ${event.workerId}`);
        return;
      case 'blob-missing':
        this.#say(`run ${run}: ${event.message}`);
        return;
      case 'moved':
        this.#say(`run ${run} starts anew in class ${event.numericsClass}`);
        return;
      default:
    }
  }

  /** What becomes of a worker, whether or not there are runs that could tell. */
  workerEvent(event: RunEvent): void {
    if (event.kind === 'worker-set-aside') {
      this.#say(`worker ${event.workerId} is set aside: ${event.reason}`);
    }
    if (event.kind === 'worker-taken-back') this.#say(`worker ${event.workerId} is given tasks again`);
  }

  #say(line: string): void {
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
    this.#log(line);
  }
}
