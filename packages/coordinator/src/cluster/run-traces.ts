import { parseTraceparent, type TraceSpan, type Tracing } from '@oodgrid/metrics';
import type {
  CoordinatorMessage,
  LeaseRef,
  WorkerHandler,
  WorkerMessage,
  WorkerPeer,
} from '@oodgrid/transport';

interface OpenTask {
  readonly span: TraceSpan;
  readonly leases: Map<string, TraceSpan>;
}

/**
 * Spans of tasks and leases, made from what workers and coordinator say to each other. A task's span lasts from its first lease to its
 * result, and hangs on the span that planned its run; a lease's travels to the worker with the grant. Bounded by the
 * tasks that are leased; what is open when the coordinator ends is not told.
 */
export class RunTraces {
  readonly #tracing: Tracing;
  readonly #parentOf: (run: string) => string | undefined;
  readonly #runs = new Map<string, Map<number, OpenTask>>();

  constructor(tracing: Tracing, parentOf: (run: string) => string | undefined) {
    this.#tracing = tracing;
    this.#parentOf = parentOf;
  }

  /** The same handler, with spans; itself while tracing is off. */
  watch(handler: WorkerHandler): WorkerHandler {
    if (!this.#tracing.isOn) return handler;
    const traced = new WeakMap<WorkerPeer, WorkerPeer>();
    return {
      register: (peer, registration) => {
        const { workerId } = registration.worker;
        const own: WorkerPeer = {
          send: (message) => peer.send(this.#said(message, workerId)),
          close: (reason) => peer.close(reason),
        };
        traced.set(peer, own);
        handler.register(own, registration);
      },
      receive: (peer, message) => {
        this.#heard(message);
        handler.receive(traced.get(peer) ?? peer, message);
      },
      disconnected: (peer) => handler.disconnected(traced.get(peer) ?? peer),
    };
  }

  /** Id of a run's trace, for logs; undefined where it has none. */
  traceOf(run: string | undefined): string | undefined {
    if (!this.#tracing.isOn || run === undefined) return undefined;
    return parseTraceparent(this.#parentOf(run) ?? '')?.traceId;
  }

  /** Trace context that travels with the hints of a run's tasks; undefined without tracing. */
  contextOf(run: string): string | undefined {
    return this.#tracing.isOn ? this.#parentOf(run) : undefined;
  }

  async merging<T>(run: string, merge: () => Promise<T>): Promise<T> {
    const span = this.#tracing.start('merge', this.contextOf(run), { run });
    try {
      const merged = await merge();
      span.end();
      return merged;
    } catch (thrown) {
      span.end('it could not be merged');
      throw thrown;
    }
  }

  /** A run has ended: what is open of it ends too. */
  ended(run: string): void {
    for (const task of this.#runs.get(run)?.values() ?? []) endAll(task, 'the run has ended');
    this.#runs.delete(run);
  }

  #said(message: CoordinatorMessage, worker: string): CoordinatorMessage {
    if (message.kind === 'cancel') this.#endLease(message.lease, 'the lease is over');
    if (message.kind !== 'granted') return message;
    const { run, task: number, attempt, token } = message.lease;
    const tasks = this.#runs.get(run) ?? new Map<number, OpenTask>();
    this.#runs.set(run, tasks);
    const attributes = { run, task: number };
    const task = tasks.get(number) ?? {
      span: this.#tracing.start('task', this.#parentOf(run), { ...attributes, kind: message.task.kind }),
      leases: new Map<string, TraceSpan>(),
    };
    tasks.set(number, task);
    const lease = this.#tracing.start('lease', task.span.traceparent, { ...attributes, attempt, worker });
    task.leases.set(token, lease);
    return { ...message, traceparent: lease.traceparent };
  }

  #heard(message: WorkerMessage): void {
    if (message.kind !== 'reliable') return;
    const { message: said } = message;
    if (said.kind === 'failed') this.#endLease(said, said.message);
    if (said.kind === 'released') this.#endLease(said, 'handed back');
    if (said.kind !== 'done') return;
    // Only the holder of a lease knows its token.
    if (!this.#endLease(said)) return;
    const tasks = this.#runs.get(said.run);
    const task = tasks?.get(said.task);
    if (task !== undefined) endAll(task, 'another worker has done it');
    tasks?.delete(said.task);
  }

  #endLease({ run, task, token }: LeaseRef, problem?: string): boolean {
    const leases = this.#runs.get(run)?.get(task)?.leases;
    const span = leases?.get(token);
    span?.end(problem);
    leases?.delete(token);
    return span !== undefined;
  }
}

/** Ends a task, and the leases that are left of it. */
function endAll({ span, leases }: OpenTask, why: string): void {
  for (const lease of leases.values()) lease.end(why);
  span.end();
}
