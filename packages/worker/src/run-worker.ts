import { type Engine, executeTask, type TaskOutcome } from '@oodgrid/engine/compute';
import { type Digest, type ErrorCode, OodError, type WorkCounts } from '@oodgrid/protocol';
import type { BlobStore, Lease, Reporter, TaskQueue } from '@oodgrid/transport';

export interface WorkerOptions {
  readonly engine: Engine;
  readonly queue: TaskQueue;
  readonly reporter: Reporter;
  readonly blobs: BlobStore;
  /** Aborts between batches: the present task is handed back and no other is taken. */
  readonly signal: AbortSignal;
}

/** Another attempt can only help where the moment was bad, not the input. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['unavailable', 'resource-exhausted']);

/** Leases tasks and computes them, one at a time, until the queue is drained or the signal aborts. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  while (!options.signal.aborted) {
    const lease = await pull(options);
    if (lease === undefined) return;
    await work(lease, options);
  }
}

async function pull({ queue, signal }: WorkerOptions): Promise<Lease | undefined> {
  try {
    return await queue.pull(signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

async function work(lease: Lease, options: WorkerOptions): Promise<void> {
  const { reporter, signal } = options;
  const { taskId, attempt, token } = lease;
  const ref = { taskId, attempt, token };
  const start = performance.now();
  try {
    const { fitted, work: done } = await compute(lease, options);
    for (const { key, blob } of fitted) await reporter.send({ kind: 'fitted', ...ref, key, blob });
    await reporter.send({ kind: 'done', ...ref, work: done, seconds: (performance.now() - start) / 1000 });
  } catch (thrown) {
    if (signal.aborted) {
      await lease.release();
      return;
    }
    const error = OodError.from(thrown);
    // The lease is another's by now: there is nothing to report.
    if (error.code === 'cancelled') return;
    const { code, message } = error;
    await reporter.send({ kind: 'failed', ...ref, code, message, retryable: RETRYABLE.has(code) });
  }
}

function compute(lease: Lease, { engine, reporter, blobs, signal }: WorkerOptions): Promise<TaskOutcome> {
  const { taskId, attempt, token, task } = lease;
  const ref = { taskId, attempt, token };
  return executeTask(engine, task, {
    signal,
    blob: (digest: Digest) => blobs.get(digest),
    putBlob: (bytes) => blobs.put(bytes),
    emit: (chunk) => reporter.send({ kind: 'chunk', ...ref, ...chunk }),
    progress: (counts: WorkCounts) => {
      // For display only: what is lost with a connection is told by the messages that matter.
      reporter.send({ kind: 'progress', ...ref, work: counts }).catch(() => undefined);
    },
  });
}
