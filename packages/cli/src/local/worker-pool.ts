import { type ChildProcess, fork } from 'node:child_process';
import { workerEnvironment } from '@oodgrid/engine';
import { EXIT_CODES, OodError } from '@oodgrid/protocol';
import { WORKER_MAIN, type WorkerSettings } from '@oodgrid/worker';

export interface WorkerPoolOptions {
  readonly workers: number;
  readonly settings: Omit<WorkerSettings, 'workerId'>;
  /** Called when workers die faster than replacing them can help. */
  readonly onHopeless: (error: OodError) => void;
}

/** Ends of a worker that another worker would come to as well. */
const HOPELESS = ['engine-missing', 'invalid-input'] as const;

const STDERR_TAIL = 4000;
const GRACE_MS = 5000;

/**
 * Worker processes of a local run. One that dies is replaced, at most three times as often as there are
 * workers: its task goes to another, and the results are the same bits.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #children = new Set<ChildProcess>();
  #started = 0;
  #isClosing = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    for (let i = 0; i < options.workers; i++) this.#start();
  }

  /** Asks every worker to stop between batches, and ends those that do not in time. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(
      [...this.#children].map(async (child) => {
        const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
        child.kill('SIGTERM');
        await new Promise((resolve) => child.once('exit', resolve));
        clearTimeout(timer);
      }),
    );
  }

  #start(): void {
    const { settings } = this.#options;
    const own: WorkerSettings = { ...settings, workerId: `worker-${++this.#started}` };
    const child = fork(WORKER_MAIN, [], {
      env: { ...process.env, ...workerEnvironment(), OODGRID_WORKER: JSON.stringify(own) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Ctrl-C reaches the whole process group: only the parent decides what it means.
      detached: true,
    });
    let tail = '';
    child.stderr?.on('data', (data: Buffer) => {
      tail = (tail + data.toString()).slice(-STDERR_TAIL);
    });
    this.#children.add(child);
    child.once('error', (error) =>
      this.#options.onHopeless(
        new OodError('unavailable', `a worker could not be started: ${error.message}`),
      ),
    );
    child.once('exit', (code, signal) => {
      this.#children.delete(child);
      if (this.#isClosing || code === 0) return;
      const hopeless = HOPELESS.find((known) => EXIT_CODES[known] === code);
      if (hopeless !== undefined) this.#options.onHopeless(new OodError(hopeless, tail.trim()));
      else if (this.#started < 4 * this.#options.workers) this.#start();
      else {
        const last = `${own.workerId}, ${signal ?? `exit code ${code}`}`;
        this.#options.onHopeless(
          new OodError('unavailable', `workers keep dying (the last: ${last}):\n${tail.trim()}`),
        );
      }
    });
  }
}
