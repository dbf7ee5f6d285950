import { visible, visibleLines } from '@oodgrid/protocol';

/** Where progress is written: standard error, usually. */
export interface ProgressOutput {
  write(text: string): void;
  readonly isTty: boolean;
}

/** Off a terminal the state is repeated after so long, where it has changed. */
const PACE_MS = 10_000;
/** And after this share of the time that has passed, so that a run of days does not fill a log. */
const PACE_SHARE = 1 / 60;
/** Lines out of the ordinary that are written before the next state; what is beyond is counted. */
const MAX_EVENTS = 20;

/**
 * One line that says where something stands. On a terminal it rewrites itself; elsewhere it is written when it
 * has changed, every ten seconds at first and more and more seldom. The clock is the caller's.
 */
export class StatusLine {
  readonly #output: ProgressOutput;
  readonly #startMs: number;
  #written = '';
  #writtenMs: number;
  #events = 0;

  constructor(output: ProgressOutput, nowMs: number) {
    this.#output = output;
    this.#startMs = nowMs;
    this.#writtenMs = Number.NEGATIVE_INFINITY;
  }

  /** The state now; true when it was written. */
  update(line: string, nowMs: number): boolean {
    if (this.#output.isTty) {
      this.#output.write(`${ERASE}${visible(line)}`);
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

  /** Something out of the ordinary: a line of its own. */
  say(line: string): void {
    const shown = visibleLines(line);
    if (this.#output.isTty) this.#output.write(`${ERASE}${shown}\n`);
    else if (++this.#events <= MAX_EVENTS) this.#output.write(`${shown}\n`);
  }

  /** The last word. */
  end(line: string): void {
    this.#output.write(`${this.#output.isTty ? ERASE : ''}${visibleLines(line)}\n`);
  }

  /** Leaves nothing on the terminal's line. */
  close(): void {
    if (this.#output.isTty) this.#output.write(ERASE);
  }
}

const ERASE = '\r\x1b[2K';
