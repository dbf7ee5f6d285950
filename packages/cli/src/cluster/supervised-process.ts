import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT_CODES, OodError } from '@oodgrid/contract';
import type { GuardedProcess } from './guarded-process.js';

export interface SupervisedOptions {
  readonly name: string;
  readonly start: () => GuardedProcess;
  /** Given what it writes to standard error. */
  readonly onText: (text: string) => void;
  /** Told when it has ended and is started again: one line. */
  readonly say: (line: string) => void;
}

const START_MS = 30_000;
const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;
/** A process that has lived so long has started well: its next end is the first again. */
const WELL_MS = 60_000;
/** Ends in a row after which its last words are shown. */
const AGAIN_AND_AGAIN = 5;
/** Starting it again would change nothing. */
const HOPELESS: ReadonlySet<number | undefined> = new Set([
  EXIT_CODES['invalid-input'],
  EXIT_CODES['engine-missing'],
]);

/** A process that is started again whenever it ends by itself, after a while that grows. */
export class SupervisedProcess {
  readonly #options: SupervisedOptions;
  readonly #stopping = new AbortController();
  #child: GuardedProcess;
  #hasEnded = false;
  #text = '';

  constructor(options: SupervisedOptions) {
    this.#options = options;
    // However this process ends, what it started does not outlive it.
    process.once('exit', () => this.#child.kill('SIGKILL'));
    this.#child = this.#start();
  }

  /** Resolves when it has written what matches. Throws `unavailable` when it ends before. */
  async said(pattern: RegExp): Promise<void> {
    const until = performance.now() + START_MS;
    while (!pattern.test(this.#text)) {
      if (this.#hasEnded || performance.now() > until) throw this.#problem();
      await sleep(20);
    }
  }

  /** Starts it again whenever it ends, until it is stopped. Throws `unavailable` when that is no use. */
  async supervise(): Promise<void> {
    const { name, say } = this.#options;
    const { signal } = this.#stopping;
    for (let ends = 0; ; ) {
      const { exitCode, signal: killedBy, durationMs } = await this.#child;
      if (signal.aborted) return;
      if (HOPELESS.has(exitCode)) throw this.#problem();
      ends = durationMs >= WELL_MS ? 1 : ends + 1;
      const waitMs = Math.min(MAX_WAIT_MS, MIN_WAIT_MS * 2 ** (ends - 1));
      say(
        `${name} has ended (${killedBy ?? `exit code ${exitCode}`}); it is started again in ${waitMs / 1000} s`,
      );
      if (ends === AGAIN_AND_AGAIN)
        say(`${name} ends again and again; its last words:\n${this.#lastWords()}`);
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.#child = this.#start();
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#child.kill();
    await this.#child;
  }

  #start(): GuardedProcess {
    const child = this.#options.start();
    this.#hasEnded = false;
    child.stderr.on('data', (data: Buffer) => {
      const text = data.toString();
      this.#text = (this.#text + text).slice(-10_000);
      this.#options.onText(text);
    });
    void child.then(() => {
      this.#hasEnded = true;
    });
    return child;
  }

  #problem(): OodError {
    return new OodError('unavailable', `${this.#options.name} has ended:\n${this.#lastWords()}`);
  }

  #lastWords(): string {
    return this.#text.trim().slice(-2000);
  }
}
