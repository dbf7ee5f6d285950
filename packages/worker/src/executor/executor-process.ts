import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES, OodError, type WorkSpec } from '@oodgrid/contract';
import { workerEnvironment } from '@oodgrid/engine';
import type { WorkerInfo } from '@oodgrid/transport';
import { batched } from './batched.js';
import type { ExecutorMemory, FromExecutor, OfTask, ToExecutor } from './messages.js';
import type { ExecutorSettings } from './settings.js';

const EXECUTOR_MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const LOG_TAIL = 4000;

/** Error codes after which another executor would end alike. */
const HOPELESS = ['engine-missing', 'invalid-input'] as const;

export interface LoadedEngine {
  readonly engine: WorkerInfo['engine'];
  readonly numericsClass: string;
}

export interface ExecutorProcessHandler {
  loaded(engine: LoadedEngine): void;
  receive(message: OfTask): void;
  line(line: string): void;
  /** The process ended. `isHopeless` when another one would end alike. */
  exited(problem: OodError, isHopeless: boolean): void;
}

/** One executor: a child process, so that a crash of native code costs one attempt and not the worker. */
export class ExecutorProcess {
  readonly #child: ChildProcess;
  readonly place: number;
  /** Tokens in the order in which they will be computed. */
  readonly tokens: string[] = [];
  /** Monotonic milliseconds of its last sign of life. */
  lastAdvance = performance.now();
  // A child that is going cannot take it; its end is told by `exited`.
  readonly #send = batched<ToExecutor>((list) => {
    if (this.#child.connected) this.#child.send(list, () => undefined);
  });
  /** Whether its engine is loaded. */
  isLoaded = false;
  /** Memory that the executor reported last. */
  memory: ExecutorMemory | null = null;
  #busyMs = 0;
  #busySince = 0;
  #tail = '';
  #killReason: string | undefined;

  /** `place`: which of a worker's executors it is. */
  constructor(place: number, settings: ExecutorSettings, handler: ExecutorProcessHandler) {
    this.place = place;
    this.#child = fork(EXECUTOR_MAIN, [], {
      env: { ...process.env, ...workerEnvironment(), OODGRID_EXECUTOR: JSON.stringify(settings) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      // Ctrl-C reaches the whole process group: only the control process decides what it means.
      detached: true,
    });
    this.#child.stderr?.on('data', (data: Buffer) => {
      const text = data.toString();
      this.#tail = (this.#tail + text).slice(-LOG_TAIL);
      for (const line of text.split('\n')) if (line.trim() !== '') handler.line(line);
    });
    this.#child.on('message', (message) => {
      this.lastAdvance = performance.now();
      for (const said of message as FromExecutor[]) {
        if (said.kind === 'loaded') {
          this.isLoaded = true;
          handler.loaded(said);
        } else if (said.kind === 'memory') this.memory = said;
        else handler.receive(said);
      }
    });
    let isOver = false;
    const exited = (problem: OodError, isHopeless: boolean) => {
      if (isOver) return;
      isOver = true;
      handler.exited(problem, isHopeless);
    };
    this.#child.once('error', (error) => {
      exited(new OodError('unavailable', `an executor could not be started: ${error.message}`), true);
    });
    // `close`, not `exit`: its last words have been read then.
    this.#child.once('close', (code, signal) => {
      const hopeless = HOPELESS.find((known) => EXIT_CODES[known] === code);
      if (hopeless !== undefined) exited(new OodError(hopeless, this.logTail), true);
      else exited(this.#problem(code, signal), false);
    });
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get logTail(): string {
    return this.#tail.trim();
  }

  start(token: string, task: WorkSpec): void {
    if (this.tokens.length === 0) {
      this.lastAdvance = performance.now();
      this.#busySince = this.lastAdvance;
    }
    this.tokens.push(token);
    this.#send({ kind: 'start', token, task });
  }

  stop(token: string): void {
    this.#send({ kind: 'stop', token });
  }

  ready(token: string): void {
    this.#send({ kind: 'ready', token });
  }

  finished(token: string): void {
    const place = this.tokens.indexOf(token);
    if (place < 0) return;
    this.tokens.splice(place, 1);
    if (this.tokens.length === 0) this.#busyMs += performance.now() - this.#busySince;
  }

  /** Milliseconds that it had a task. */
  get busyMs(): number {
    return this.#busyMs + (this.tokens.length === 0 ? 0 : performance.now() - this.#busySince);
  }

  kill(reason: string): void {
    this.#killReason = reason;
    this.#child.kill('SIGKILL');
  }

  /** Ends it and waits for that. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await closed;
  }

  #problem(code: number | null, signal: NodeJS.Signals | null): OodError {
    const tail = this.logTail === '' ? '' : `\n${this.logTail}`;
    if (this.#killReason !== undefined) return new OodError('unavailable', this.#killReason);
    if (signal === 'SIGKILL') {
      return new OodError('resource-exhausted', `the executor was killed (out of memory?)${tail}`);
    }
    return new OodError('unavailable', `the executor crashed with ${signal ?? `exit code ${code}`}${tail}`);
  }
}
