import { NO_TRACING, type TraceSpan, type Tracing } from '@oodgrid/metrics';
import type { LeaseRef } from '@oodgrid/transport';

interface OpenLease {
  readonly parent: string;
  /** The batch that is computed now. */
  batch: TraceSpan;
  /** Whether anything is known to be of that batch: behind the last one there is none. */
  isBegun: boolean;
}

/**
 * Spans of what a worker does under its leases: batches, and under each the chunks that came of it. A batch ends when the executor
 * says how far it is.
 */
export class TaskTraces {
  readonly #tracing: Tracing;
  readonly #open = new Map<string, OpenLease>();

  constructor(tracing: Tracing = NO_TRACING) {
    this.#tracing = tracing;
  }

  /** `parent`: the span of the lease; without one nothing is told of it. */
  started({ token }: LeaseRef, parent: string | undefined): void {
    if (!this.#tracing.isOn || parent === undefined) return;
    this.#open.set(token, { parent, batch: this.#tracing.start('batch', parent), isBegun: true });
  }

  advanced(token: string): void {
    const lease = this.#open.get(token);
    if (lease === undefined) return;
    lease.batch.end();
    lease.batch = this.#tracing.start('batch', lease.parent);
    lease.isBegun = false;
  }

  /** Some rows go to the stream; the span ends when there is room for more. */
  chunk(token: string, rows: number): TraceSpan | undefined {
    const lease = this.#open.get(token);
    if (lease === undefined) return undefined;
    lease.isBegun = true;
    return this.#tracing.start('chunk', lease.batch.traceparent, { rows });
  }

  ended(token: string): void {
    const lease = this.#open.get(token);
    if (lease?.isBegun === true) lease.batch.end();
    this.#open.delete(token);
  }
}
