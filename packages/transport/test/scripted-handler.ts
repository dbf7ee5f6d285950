import { digestSchema, OodError, type TaskSpec } from '@oodgrid/protocol';
import type { Assignment, LeaseRef, WorkerHandler, WorkerInfo, WorkerMessage } from '../src/index.js';
import { LocalQueue } from '../src/index.js';

export const KEY = digestSchema.parse('ab'.repeat(32));

export const TASK: TaskSpec = {
  kind: 'score',
  model: { name: 'm', architecture: 'lenet', weights: KEY, classes: 10 },
  data: { name: 'd', images: KEY },
  noise: null,
  transform: { mean: [0], std: [1] },
  order: { kind: 'file' },
  from: 0,
  to: 10,
  batch: 512,
  seed: 1,
  units: [{ key: KEY, method: 'msp', options: {}, fitted: null, candidates: [] }],
};

export const worker = (workerId: string): WorkerInfo => ({
  workerId,
  numericsClass: 'test',
  engine: { kind: 'test', version: '1', device: 'cpu' },
  pid: process.pid,
});

/** A coordinator that remembers what it was told. */
export class ScriptedHandler implements WorkerHandler {
  readonly queue = new LocalQueue<string>();
  readonly registered: WorkerInfo[] = [];
  readonly accepted: WorkerMessage[] = [];
  readonly released: LeaseRef[] = [];
  readonly gone: string[] = [];
  /** Thrown by the next `accept`. */
  refusal: OodError | undefined;
  /** Awaited by every `accept`. */
  gate: Promise<void> = Promise.resolve();

  async register(info: WorkerInfo): Promise<void> {
    if (info.numericsClass !== 'test') throw new OodError('invalid-input', 'another numerics class');
    this.registered.push(info);
  }

  async pull(_workerId: string, signal: AbortSignal): Promise<Assignment | undefined> {
    const taskId = await this.queue.take(signal);
    return taskId === undefined ? undefined : { taskId, attempt: 1, token: `token-${taskId}`, task: TASK };
  }

  async renew(ref: LeaseRef): Promise<boolean> {
    return ref.token === `token-${ref.taskId}`;
  }

  async release(ref: LeaseRef): Promise<void> {
    this.released.push(ref);
  }

  async accept(_workerId: string, message: WorkerMessage): Promise<void> {
    await this.gate;
    if (this.refusal !== undefined) throw this.refusal;
    this.accepted.push(message);
  }

  disconnected(workerId: string): void {
    this.gone.push(workerId);
  }
}
