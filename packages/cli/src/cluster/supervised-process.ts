import type { ChildProcess } from 'node:child_process';
import { EXIT_CODES, OodError } from '@oodgrid/protocol';

export interface SupervisedOptions {
  readonly name: string;
  readonly start: () => ChildProcess;
  /** Given what it writes to standard error. */
  readonly onText: (text: string) => void;
  /** Told when it has ended and is started again: one line. */
  readonly say: (line: string) => void;
}

const GRACE_MS = 15_000;
const START_MS = 30_000;
const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;
/** A process that has lived so long has started well: its next end is the first again. */
const WELL_MS = 60_000;
/** Ends in a row after which its last words are shown. */
const AGAIN_AND_AGAIN = 5;
/** Starting it again would change nothing. */
const HOPELESS: ReadonlySet<number | null> = new Set([
  EXIT_CODES['invalid-input'],
  EXIT_CODES['engine-missing'],
]);

/** A process that is started again whenever it ends by itself, after a while that grows. */
export class SupervisedProcess {
  readonly #options: SupervisedOptions;
  readonly #hopeless: Promise<never>;
  #reject: (error: OodError) => void = () => undefined;
  #child: ChildProcess;
  #closed: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #text = '';
  #ends = 0;
  #isStopping = false;
  /** Whether it may be started again: a first start that fails is told instead. */
  #isSupervised = false;

  constructor(options: SupervisedOptions) {
    this.#options = options;
    this.#hopeless = new Promise((_resolve, reject) => {
      this.#reject = reject;
    });
    this.#hopeless.catch(() => undefined);
    // However this process ends, what it started does not outlive it.
    process.once('exit', () => this.#child.kill('SIGKILL'));
    this.#child = this.#spawn();
  }

  /** Resolves when its first start has written what matches; it is supervised from then on. Throws `unavailable`. */
  async said(pattern: RegExp): Promise<void> {
    const until = performance.now() + START_MS;
    while (!pattern.test(this.#text)) {
      if (hasEnded(this.#child) || performance.now() > until) throw this.#problem();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.supervise();
  }

  /** From now on it is started again. */
  supervise(): void {
    this.#isSupervised = true;
    if (hasEnded(this.#child)) this.#ended(this.#child, 0);
  }

  /** Rejects when starting it again is no use. */
  hopeless(): Promise<never> {
    return this.#hopeless;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    if (hasEnded(this.#child)) return;
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    this.#child.kill('SIGTERM');
    await this.#closed;
    clearTimeout(timer);
  }

  #spawn(): ChildProcess {
    const child = this.#options.start();
    const startedAt = performance.now();
    child.stderr?.on('data', (data: Buffer) => {
      const text = data.toString();
      this.#text = (this.#text + text).slice(-10_000);
      this.#options.onText(text);
    });
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
    child.once('exit', () => {
      if (this.#isSupervised) this.#ended(child, performance.now() - startedAt);
    });
    return child;
  }

  #ended({ exitCode, signalCode }: ChildProcess, livedMs: number): void {
    if (this.#isStopping) return;
    if (HOPELESS.has(exitCode)) {
      this.#reject(this.#problem());
      return;
    }
    this.#ends = livedMs >= WELL_MS ? 1 : this.#ends + 1;
    const waitMs = Math.min(MAX_WAIT_MS, MIN_WAIT_MS * 2 ** (this.#ends - 1));
    const { name, say } = this.#options;
    const how = signalCode ?? `exit code ${exitCode}`;
    say(`${name} has ended (${how}); it is started again in ${waitMs / 1000} s`);
    if (this.#ends === AGAIN_AND_AGAIN)
      say(`${name} ends again and again; its last words:\n${this.#lastWords()}`);
    this.#timer = setTimeout(() => {
      this.#child = this.#spawn();
    }, waitMs);
  }

  #problem(): OodError {
    return new OodError('unavailable', `${this.#options.name} has ended:\n${this.#lastWords()}`);
  }

  #lastWords(): string {
    return this.#text.trim().slice(-2000);
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;
