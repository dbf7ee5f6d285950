import { visible, visibleLines } from '@oodgrid/contract';
import { createLogUpdate } from 'log-update';

/** Stream to which progress is written, usually standard error. */
export interface ProgressOutput extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
}

/** Off a terminal the state is repeated after so long, where it has changed. */
const PACE_MS = 10_000;
/** And after this share of the time that has passed, so that a run of days does not fill a log. */
const PACE_SHARE = 1 / 60;
/** Lines out of the ordinary that are written before the next state; what is beyond is counted. */
const MAX_EVENTS = 20;

/**
 * One line that says where something stands. On a terminal it rewrites itself, over as many rows as it takes;
 * elsewhere it is written when it has changed, every ten seconds at first and more and more seldom. The clock is
 * the caller's.
 */
export class StatusLine {
  readonly #output: ProgressOutput;
  /** Undefined off a terminal. */
  readonly #terminal: ReturnType<typeof createLogUpdate> | undefined;
  readonly #startMs: number;
  #written = '';
  #writtenMs: number;
  #events = 0;

  constructor(output: ProgressOutput, nowMs: number) {
    this.#output = output;
    // A cursor that is hidden would stay so when this process is killed.
    if (output.isTTY === true) this.#terminal = createLogUpdate(output, { showCursor: true });
    this.#startMs = nowMs;
    this.#writtenMs = Number.NEGATIVE_INFINITY;
  }

  get isOnTerminal(): boolean {
    return this.#terminal !== undefined;
  }

  /** The state now; true when it was written. */
  update(line: string, nowMs: number): boolean {
    if (this.#terminal !== undefined) {
      this.#terminal(visible(line));
      return true;
    }
    const pace = Math.max(PACE_MS, PACE_SHARE * (nowMs - this.#startMs));
    if (line === this.#written || nowMs - this.#writtenMs < pace) return false;
    const unsaid = this.#events - MAX_EVENTS;
    if (unsaid > 0) this.#output.write(`(and ${unsaid} more events)\n`);
    this.#output.write(`${visible(line)}\n`);
    this.#written = line;
    this.#writtenMs = nowMs;
    this.#events = 0;
    return true;
  }

  /** Something out of the ordinary: a line of its own, which stays. */
  say(line: string): void {
    if (this.#terminal === undefined && ++this.#events > MAX_EVENTS) return;
    this.end(line);
  }

  /** The last word. */
  end(line: string): void {
    this.close();
    this.#output.write(`${visibleLines(line)}\n`);
  }

  /** Leaves nothing of the state on a terminal. */
  close(): void {
    this.#terminal?.clear();
  }
}
