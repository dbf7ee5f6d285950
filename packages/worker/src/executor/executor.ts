import { setImmediate } from 'node:timers/promises';
import { type Digest, OodError, type WorkSpec } from '@oodgrid/contract';
import type { TaskIo, TaskOutcome } from '@oodgrid/engine/compute';
import type { BlobStore } from '@oodgrid/transport';
import { AttemptError, ownDuty } from '../attempt-error.js';
import type { ExecutorMemory, FromExecutor, ToExecutor } from './messages.js';

export interface ExecutorOptions {
  readonly compute: (task: WorkSpec, io: TaskIo) => Promise<TaskOutcome>;
  readonly blobs: BlobStore;
  readonly send: (message: FromExecutor) => void;
  /** Returns the memory in use; left out: it is not reported. */
  readonly memory?: () => ExecutorMemory;
}

interface Running {
  isStopped: boolean;
  /** Made for those who ask for its signal: it costs more than a small task. */
  controller: AbortController | undefined;
  /** Chunks since the last `ready`. */
  unanswered: number;
  /** Wakes the task that waits for room. */
  proceed: () => void;
}

/** Every so many chunks the executor asks whether there is room; it waits when twice as many are unanswered. */
const CHUNKS_PER_READY = 4;

/** At most this often it says what it takes up. */
const MEMORY_MS = 1000;

/** Messages of libraries that are out of memory. */
const OUT_OF_MEMORY = /out of memory|OOM when allocating|allocation failed|bad_alloc|RESOURCE_EXHAUSTED/i;

/** Computes tasks one after the other, in the order in which they come. */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #running = new Map<string, Running>();
  #last: Promise<void> = Promise.resolve();
  #saidMemoryAt = Number.NEGATIVE_INFINITY;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  receive(message: ToExecutor): void {
    const running = this.#running.get(message.token);
    switch (message.kind) {
      case 'start': {
        const task: Running = {
          isStopped: false,
          controller: undefined,
          unanswered: 0,
          proceed: () => undefined,
        };
        this.#running.set(message.token, task);
        this.#last = this.#last.then(() => this.#run(message.token, message.task, task));
        return;
      }
      case 'stop':
        if (running === undefined) return;
        running.isStopped = true;
        running.controller?.abort();
        running.proceed();
        return;
      case 'ready':
        if (running !== undefined) running.unanswered -= CHUNKS_PER_READY;
        running?.proceed();
        return;
    }
  }

  async #run(token: string, task: WorkSpec, running: Running): Promise<void> {
    const { send } = this.#options;
    const start = performance.now();
    try {
      // What was said of the task before is on its way then: if this one ends the process, it is not taken for the other.
      if (mayEndProcess(task)) await setImmediate();
      if (!running.isStopped) {
        const outcome = await this.#compute(token, task, running);
        const end = performance.now();
        send({ kind: 'done', token, ...outcome, seconds: (end - start) / 1000 });
        this.#sayMemory(end);
        return;
      }
      send({ kind: 'stopped', token });
    } catch (thrown) {
      if (running.isStopped) send({ kind: 'stopped', token });
      else send({ kind: 'failed', token, ...this.#problem(thrown) });
    } finally {
      this.#running.delete(token);
    }
  }

  /** Asking the system takes longer than a small task does. */
  #sayMemory(now: number): void {
    const { send, memory } = this.#options;
    if (memory === undefined || now - this.#saidMemoryAt < MEMORY_MS) return;
    this.#saidMemoryAt = now;
    send({ kind: 'memory', ...memory() });
  }

  #compute(token: string, task: WorkSpec, running: Running): Promise<TaskOutcome> {
    const { blobs, send, compute } = this.#options;
    const io = {
      get signal() {
        return signalOf(running);
      },
      blob: (digest: Digest) => ownDuty(blobs.get(digest), digest),
      putBlob: (bytes: Uint8Array) => ownDuty(blobs.put(bytes)),
      emit: async (
        chunk: Omit<Extract<FromExecutor, { kind: 'chunk' }>, 'kind' | 'token' | 'wantsReady'>,
      ) => {
        running.unanswered++;
        const wantsReady = running.unanswered % CHUNKS_PER_READY === 0;
        send({ kind: 'chunk', token, ...chunk, wantsReady });
        while (running.unanswered >= 2 * CHUNKS_PER_READY && !running.isStopped) {
          await new Promise<void>((resolve) => {
            running.proceed = resolve;
          });
        }
        if (running.isStopped) throw new OodError('cancelled', 'the task was stopped');
      },
      progress: (work: TaskOutcome['work']) => send({ kind: 'progress', token, work }),
    };
    return compute(task, io);
  }

  #problem(thrown: unknown): Omit<Extract<FromExecutor, { kind: 'failed' }>, 'kind' | 'token'> {
    const { code, message, origin, blob } = AttemptError.from(thrown);
    if (origin !== 'task' || !OUT_OF_MEMORY.test(message)) return { code, message, origin, blob };
    const used = Math.round(process.memoryUsage().rss / 1024 ** 2);
    return {
      code: 'resource-exhausted',
      origin,
      blob,
      message: `out of memory with ${used} MiB in use: ${message}; give the worker more memory, or use a smaller model (a smaller batch would change the bits)`,
    };
  }
}

/** Native code may; of what computes nothing, only what does so on purpose. */
const mayEndProcess = (task: WorkSpec): boolean => task.kind !== 'synthetic' || task.fault !== 'none';

function signalOf(running: Running): AbortSignal {
  running.controller ??= new AbortController();
  if (running.isStopped) running.controller.abort();
  return running.controller.signal;
}
