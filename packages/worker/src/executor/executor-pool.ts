import { OodError, type WorkSpec } from '@oodgrid/contract';
import { ExecutorProcess, type LoadedEngine } from './executor-process.js';
import type { ExecutorMemory, OfTask } from './messages.js';
import type { ExecutorSettings } from './settings.js';

export interface ExecutorPoolOptions {
  readonly executors: number;
  readonly settings: ExecutorSettings;
  /** An executor that says nothing for this time while it has a task is hung. */
  readonly stallMs: number;
  readonly receive: (message: OfTask) => void;
  /** The process of the executor that computed this task ended. */
  readonly crashed: (token: string, problem: OodError, logTail: string) => void;
  /** A line that an executor wrote; `token` is the task that it computes. */
  readonly line: (token: string | undefined, line: string) => void;
  readonly onHopeless: (error: OodError) => void;
}

/** One executor, for those who look at it from outside. */
export interface ExecutorView {
  /** 0 for the first; an executor that is replaced leaves its place to the next. */
  readonly place: number;
  readonly state: 'loading' | 'idle' | 'busy';
  /** Time that the executors of this place had a task. */
  readonly busySeconds: number;
  /** Null until it has done a task. */
  readonly memory: ExecutorMemory | null;
}

/** Executors that end before their engine is loaded, in a row, after which no other is started. */
const MAX_FALSE_STARTS = 3;
const CHECK_MS = 500;
/** Loading an engine shows no sign of life, and takes this long at most. */
const MAX_LOADING_MS = 120_000;

/** Executor processes, one per device; one that dies is replaced, and its other tasks go on in the new one. */
export class ExecutorPool {
  readonly #options: ExecutorPoolOptions;
  readonly #executors = new Set<ExecutorProcess>();
  readonly #tasks = new Map<string, { readonly task: WorkSpec; readonly executor: ExecutorProcess }>();
  readonly #watch: NodeJS.Timeout;
  readonly #loaded: Promise<LoadedEngine>;
  #resolveLoaded: (engine: LoadedEngine) => void = () => undefined;
  #rejectLoaded: (error: OodError) => void = () => undefined;
  #falseStarts = 0;
  #hits = 0;
  #misses = 0;
  /** Executors that ended without being told to. */
  exits = 0;
  /** Milliseconds that former executors of each place had a task. */
  readonly #formerBusyMs: number[] = [];
  #isClosing = false;

  constructor(options: ExecutorPoolOptions) {
    this.#options = options;
    this.#loaded = new Promise((resolve, reject) => {
      this.#resolveLoaded = resolve;
      this.#rejectLoaded = reject;
    });
    this.#loaded.catch(() => undefined);
    for (let place = 0; place < options.executors; place++) this.#spawn(place);
    this.#watch = setInterval(() => this.#killHung(), CHECK_MS);
  }

  /** Resolves when the first engine is loaded; rejects when none will be. */
  loaded(): Promise<LoadedEngine> {
    return this.#loaded;
  }

  /** Of the models and images that tasks read so far: how many were open from an earlier task. */
  get inputs(): { readonly hits: number; readonly misses: number } {
    return { hits: this.#hits, misses: this.#misses };
  }

  /** Every executor, by its place. */
  get executors(): readonly ExecutorView[] {
    return [...this.#executors].map(({ place, isLoaded, tokens, busyMs, memory }) => ({
      place,
      state: isLoaded ? (tokens.length > 0 ? 'busy' : 'idle') : 'loading',
      busySeconds: ((this.#formerBusyMs[place] ?? 0) + busyMs) / 1000,
      memory,
    }));
  }

  get pids(): readonly number[] {
    return [...this.#executors].flatMap(({ pid }) => pid ?? []);
  }

  /** Gives a task to the executor that has the least to do. */
  start(token: string, task: WorkSpec): void {
    const [executor] = [...this.#executors].sort((a, b) => a.tokens.length - b.tokens.length);
    if (executor === undefined) return;
    this.#tasks.set(token, { task, executor });
    executor.start(token, task);
  }

  stop(token: string): void {
    this.#tasks.get(token)?.executor.stop(token);
  }

  ready(token: string): void {
    this.#tasks.get(token)?.executor.ready(token);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#watch);
    await Promise.all([...this.#executors].map((executor) => executor.close()));
  }

  #spawn(place: number): void {
    const executor = new ExecutorProcess(place, this.#options.settings, {
      loaded: (engine) => {
        this.#falseStarts = 0;
        this.#resolveLoaded(engine);
      },
      receive: (message) => this.#receive(executor, message),
      line: (line) => this.#options.line(executor.tokens[0], line),
      exited: (problem, isHopeless) => this.#exited(executor, problem, isHopeless),
    });
    this.#executors.add(executor);
  }

  #receive(executor: ExecutorProcess, message: OfTask): void {
    if (message.kind === 'done' || message.kind === 'failed' || message.kind === 'stopped') {
      executor.finished(message.token);
      if (message.kind === 'done') {
        this.#hits += message.inputs.hits;
        this.#misses += message.inputs.misses;
      }
      this.#tasks.delete(message.token);
    }
    this.#options.receive(message);
  }

  #exited(executor: ExecutorProcess, problem: OodError, isHopeless: boolean): void {
    const { isLoaded } = executor;
    this.#executors.delete(executor);
    if (this.#isClosing) return;
    const { place } = executor;
    this.exits++;
    this.#formerBusyMs[place] = (this.#formerBusyMs[place] ?? 0) + executor.busyMs;
    if (!isLoaded) this.#falseStarts++;
    if (isHopeless || this.#falseStarts >= MAX_FALSE_STARTS) {
      const error = isHopeless
        ? problem
        : new OodError('unavailable', `executors keep dying before they have loaded: ${problem.message}`);
      this.#rejectLoaded(error);
      this.#options.onHopeless(error);
      return;
    }
    this.#spawn(place);
    const [current, ...others] = isLoaded ? executor.tokens : ['', ...executor.tokens];
    if (current !== undefined && current !== '') {
      this.#tasks.delete(current);
      this.#options.crashed(current, problem, executor.logTail);
    }
    for (const token of others) {
      const waiting = this.#tasks.get(token);
      if (waiting !== undefined) this.start(token, waiting.task);
    }
  }

  #killHung(): void {
    const { stallMs } = this.#options;
    for (const executor of this.#executors) {
      const limitMs = executor.isLoaded ? stallMs : Math.max(stallMs, MAX_LOADING_MS);
      if (executor.tokens.length === 0 || performance.now() - executor.lastAdvance < limitMs) continue;
      const seconds = Math.round(limitMs / 1000);
      executor.kill(`the executor hung: no sign of life for ${seconds} s; it was killed`);
    }
  }
}
