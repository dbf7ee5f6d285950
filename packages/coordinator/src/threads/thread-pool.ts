import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, OodError } from '@oodgrid/contract';
import { protocolModules, type RegisteredModule } from '@oodgrid/protocols';
import { Tinypool } from 'tinypool';
import type { JobInput, JobKind, JobOutput } from './jobs.js';

const THREAD_MAIN = fileURLToPath(new URL('./thread-main.js', import.meta.url));
/** More gain little beside the store that all of them read, and each holds some tens of megabytes. */
const MAX_THREADS = 4;
/** A thread that has had nothing to do for so long ends. */
const IDLE_MS = 5000;

/** Message to a thread: a job, and the user's modules of protocols. */
export interface ThreadMessage<Job> {
  readonly job: Job;
  readonly protocols: readonly RegisteredModule[];
}

/** Answer of a thread. Errors are sent as data, for they lose their class between threads. */
export type JobReply<T> =
  | { readonly value: T }
  | { readonly problem: { readonly code: ErrorCode; readonly message: string } };

/** Threads for what would keep the event loop from answering. They start when there is work, and end after it. */
export class ThreadPool {
  readonly size: number;
  readonly #pool: Tinypool;

  constructor(size = Math.min(MAX_THREADS, availableParallelism())) {
    this.size = size;
    this.#pool = new Tinypool({
      filename: THREAD_MAIN,
      runtime: 'worker_threads',
      minThreads: 0,
      maxThreads: size,
      idleTimeout: IDLE_MS,
    });
  }

  /** Rejects with what the job threw, with `cancelled` when the pool was closed before the end. */
  async run<K extends JobKind>(kind: K, input: JobInput<K>): Promise<JobOutput<K>> {
    let reply: JobReply<JobOutput<K>>;
    try {
      // The one place where a message is taken for what the thread's table of jobs says.
      const message: ThreadMessage<unknown> = { job: { kind, input }, protocols: protocolModules() };
      reply = (await this.#pool.run(message)) as JobReply<JobOutput<K>>;
    } catch (cause) {
      throw new OodError(
        'cancelled',
        `a thread ended in the middle of its work: ${OodError.from(cause).message}`,
        {
          cause,
        },
      );
    }
    if ('value' in reply) return reply.value;
    throw new OodError(reply.problem.code, reply.problem.message);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
