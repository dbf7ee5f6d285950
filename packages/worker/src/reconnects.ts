import type { ErrorCode, Log, OodError } from '@oodgrid/contract';

const FIRST_MS = 100;
const LAST_MS = 5000;
/** Of a worker that was never let in: it speaks another version, or its token does not open this coordinator. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set(['invalid-input', 'unauthenticated', 'permission-denied']);

export interface ReconnectsOptions {
  /** Milliseconds for which another worker may hold this one's id. */
  readonly conflictMs: number;
  readonly log: Log;
}

/** Whether and when a worker that has lost its connection tries again: ever more seldom, and not where it would not help. */
export class Reconnects {
  readonly #options: ReconnectsOptions;
  #waitMs = FIRST_MS;
  #wasRegistered = false;
  /** Time of the first refusal because another worker has its id; undefined when there was none. */
  #refusedSince: number | undefined;

  constructor(options: ReconnectsOptions) {
    this.#options = options;
  }

  /** The coordinator has let it in. */
  registered(): void {
    this.#wasRegistered = true;
    this.#refusedSince = undefined;
    this.#waitMs = FIRST_MS;
  }

  /** Milliseconds until the next try, drawn so that workers do not come all at once; undefined: give up. */
  waitAfter(reason: OodError): number | undefined {
    // Turned away for what it is: trying again would not help.
    if (HOPELESS.has(reason.code) && !this.#wasRegistered) return undefined;
    const { conflictMs, log } = this.#options;
    if (reason.code !== 'conflict') log(`${reason.message}; connecting again`, { level: 'warn' });
    else if (this.#refusedSince === undefined) {
      this.#refusedSince = performance.now();
      const seconds = Math.round(conflictMs / 1000);
      log(`${reason.message}; waiting up to ${seconds} s for it to go`, { level: 'warn' });
    } else if (performance.now() - this.#refusedSince > conflictMs) return undefined;
    const wait = this.#waitMs * (0.5 + 0.5 * Math.random());
    this.#waitMs = Math.min(LAST_MS, 2 * this.#waitMs);
    return wait;
  }
}
