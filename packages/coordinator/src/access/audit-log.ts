import { appendFileSync, chmodSync, existsSync, renameSync, statSync } from 'node:fs';
import { type Log, OodError, visibleJson } from '@oodgrid/contract';
import type { AuditEntry } from '@oodgrid/transport';

export interface AuditLogOptions {
  /** File of the newest entries; older ones are beside it with a number. */
  readonly path: string;
  readonly wallClock: () => Date;
  /** Told once when it cannot be written. */
  readonly log: Log;
}

const MAX_BYTES = 16 * 1024 ** 2;
/** Files of older entries that are kept. */
const KEPT = 8;
/** Refused calls that are written down in one window; the others are counted. */
const MAX_REFUSED = 100;
const WINDOW_MS = 10_000;
const MAX_TEXT = 300;

/**
 * Log of actions and their callers, one JSON object a line: runs that were submitted and controlled, workers that came, tokens that were made and
 * revoked, and every call that was refused. Bounded in size, whoever knocks how often. Holds no secret.
 */
export class AuditLog {
  readonly #options: AuditLogOptions;
  #bytes: number;
  #refused = 0;
  #windowMs = Number.NEGATIVE_INFINITY;
  #isBroken = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    const found = statSync(options.path, { throwIfNoEntry: false });
    this.#bytes = found?.size ?? 0;
    // One that was made by hand may be open to all.
    if (found !== undefined) chmodSync(options.path, 0o600);
  }

  note({ caller, peer, certificate, call, subject, outcome, reason }: AuditEntry): void {
    if (outcome !== 'ok' && outcome !== 'begun' && this.#isTooMany()) return;
    this.#write({
      token: caller?.tokenId ?? null,
      name: caller?.name ?? null,
      role: caller?.role ?? null,
      peer,
      certificate,
      call,
      subject: cut(subject),
      outcome,
      ...(reason === '' ? {} : { reason: reason.slice(0, MAX_TEXT) }),
    });
  }

  #isTooMany(): boolean {
    const now = performance.now();
    if (now - this.#windowMs >= WINDOW_MS) {
      const left = this.#refused - MAX_REFUSED;
      this.#windowMs = now;
      this.#refused = 0;
      if (left > 0) this.#write({ refused: left, reason: 'as many more calls were refused' });
    }
    return ++this.#refused > MAX_REFUSED;
  }

  #write(entry: Readonly<Record<string, unknown>>): void {
    const { path, wallClock, log } = this.#options;
    const line = `${visibleJson(JSON.stringify({ time: wallClock().toISOString(), ...entry }))}\n`;
    try {
      if (this.#bytes + line.length > MAX_BYTES) this.#turn();
      appendFileSync(path, line, { mode: 0o600 });
      this.#bytes += Buffer.byteLength(line);
      this.#isBroken = false;
    } catch (thrown) {
      // A full disk stops the store as well, which says so; nobody is kept out because of the log.
      if (!this.#isBroken)
        log(`the audit log cannot be written: ${OodError.from(thrown).message}`, { level: 'error' });
      this.#isBroken = true;
    }
  }

  /** `audit.jsonl` becomes `audit.jsonl.1`, and so on; the oldest goes. */
  #turn(): void {
    const { path } = this.#options;
    for (let age = KEPT; age > 0; age--) {
      const from = age === 1 ? path : `${path}.${age - 1}`;
      if (existsSync(from)) renameSync(from, `${path}.${age}`);
    }
    this.#bytes = 0;
  }
}

const cut = (subject: AuditEntry['subject']): AuditEntry['subject'] =>
  Object.fromEntries(
    Object.entries(subject).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.slice(0, MAX_TEXT) : value,
    ]),
  );
