import { timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Log, OodError, quote, visibleName } from '@oodgrid/contract';
import {
  type Authenticator,
  type Caller,
  hashToken,
  makeToken,
  parseToken,
  type Role,
} from '@oodgrid/transport';
import { type TokenRecord, tokenRecordSchema } from './token-record.js';

/** Public facts about a stored token. */
export interface KnownToken {
  readonly id: string;
  readonly role: Role;
  readonly name: string;
  readonly createdAt: string;
  /** Null: on the coordinator's own machine. */
  readonly createdBy: string | null;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
}

interface Entry extends KnownToken {
  readonly hash: Buffer;
}

export interface NewToken {
  readonly role: Role;
  /** Whose it is or what it is for; may be empty. */
  readonly name: string;
  readonly days: number;
  readonly by: string | null;
}

/** The file's name in a store: as soon as there is one, every call needs a token. */
export const TOKENS_FILE = 'tokens.jsonl';
export const DEFAULT_TOKEN_DAYS = 30;
export const MAX_TOKEN_DAYS = 3650;
const MAX_TOKENS = 10_000;
const DAY_MS = 24 * 60 * 60_000;
/** The file is looked at so often, for what others wrote into it. */
const FRESH_MS = 200;
/** Compared with when no such token is known, so that this takes the same time. */
const NOBODY = hashToken('');

/**
 * The tokens of a coordinator in a file of JSON lines, which are only ever appended: a program that makes or revokes one
 * and a coordinator that runs need no lock. Hashes only. As long as there is no file, no token is needed.
 */
export class TokenStore implements Authenticator {
  readonly #path: string;
  readonly #wallClock: () => Date;
  readonly #log: Log;
  #tokens: ReadonlyMap<string, Entry> = new Map();
  #mark = '';
  #isInUse = false;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #isBroken = false;

  /** Throws `corrupt-data` for a file with a line that is none of ours. */
  constructor(path: string, wallClock: () => Date, log: Log) {
    this.#path = path;
    this.#wallClock = wallClock;
    this.#log = log;
    this.#read();
  }

  /** Whether calls need a token: from the first one on, for ever. */
  get isInUse(): boolean {
    this.#look();
    return this.#isInUse;
  }

  get all(): readonly KnownToken[] {
    this.#look();
    return [...this.#tokens.values()].map(({ hash: _hash, ...known }) => known);
  }

  authenticate(text: string | undefined): Caller {
    this.#look();
    if (!this.#isInUse) return { tokenId: null, name: '', role: 'admin' };
    if (text === undefined) {
      throw new OodError(
        'unauthenticated',
        'this coordinator needs a token: give --token-file FILE, or name the file in OODGRID_TOKEN_FILE',
      );
    }
    const { id } = parseToken(text);
    const entry = this.#tokens.get(id);
    const isRight = timingSafeEqual(hashToken(text), entry?.hash ?? NOBODY);
    if (entry === undefined || !isRight) {
      throw new OodError(
        'unauthenticated',
        'this coordinator does not know the token: was it made for another one?',
      );
    }
    const { role, name, revokedAt, expiresAt } = entry;
    if (revokedAt !== null) throw new OodError('unauthenticated', `token ${id} was revoked on ${revokedAt}`);
    if (this.#isExpired(entry)) throw new OodError('unauthenticated', `token ${id} expired on ${expiresAt}`);
    return { tokenId: id, name, role };
  }

  isWelcome({ tokenId }: Caller): boolean {
    this.#look();
    if (!this.#isInUse) return true;
    const entry = tokenId === null ? undefined : this.#tokens.get(tokenId);
    return entry !== undefined && entry.revokedAt === null && !this.#isExpired(entry);
  }

  /** The token's text is told once, here. Throws `invalid-input`, or `resource-exhausted` when there are too many. */
  create({ role, name, days, by }: NewToken): { readonly text: string; readonly token: KnownToken } {
    this.#read();
    if (!Number.isInteger(days) || days < 1 || days > MAX_TOKEN_DAYS)
      throw new OodError('invalid-input', `a token lasts 1 to ${MAX_TOKEN_DAYS} days, not ${days}`);
    if (name !== '' && !visibleName(100).safeParse(name).success)
      throw new OodError(
        'invalid-input',
        `a token's name is at most 100 characters that can be seen, not ${quote(name)}`,
      );
    if (this.#tokens.size >= MAX_TOKENS)
      throw new OodError(
        'resource-exhausted',
        `${MAX_TOKENS} tokens were made: no more fit into ${this.#path}`,
      );
    const { id, text } = makeToken(role);
    const now = this.#wallClock();
    this.#append({
      kind: 'created',
      id,
      role,
      name,
      sha256: hashToken(text).toString('hex'),
      at: now.toISOString(),
      expiresAt: new Date(now.getTime() + days * DAY_MS).toISOString(),
      by,
    });
    return { text, token: this.#known(id) };
  }

  /** Throws `not-found` for a token that was never made here. One that is over already stays so. */
  revoke(id: string, by: string | null): KnownToken {
    this.#read();
    const { revokedAt } = this.#known(id);
    if (revokedAt === null) this.#append({ kind: 'revoked', id, at: this.#wallClock().toISOString(), by });
    return this.#known(id);
  }

  #known(id: string): KnownToken {
    const entry = this.#tokens.get(id);
    if (entry === undefined)
      throw new OodError(
        'not-found',
        `no token ${quote(id)} was made here: "ood-cli token list" shows those that were`,
      );
    const { hash: _hash, ...known } = entry;
    return known;
  }

  #isExpired({ expiresAt }: Entry): boolean {
    return Date.parse(expiresAt) <= this.#wallClock().getTime();
  }

  #append(record: TokenRecord): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    const file = openSync(this.#path, 'a', 0o600);
    try {
      // One write each, which others' do not come between; and no line goes on one that a crash has cut off.
      writeSync(file, `\n${JSON.stringify(record)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.#read();
  }

  /** Reads the file again now and then, when it has changed; when it cannot be read, what was known of it stays. */
  #look(): void {
    const now = performance.now();
    if (now - this.#lookedMs < FRESH_MS) return;
    try {
      this.#read();
    } catch (thrown) {
      const { message } = OodError.from(thrown);
      if (!this.#isBroken) this.#log(`${message}; going on with the tokens known before`, { level: 'error' });
      this.#isBroken = true;
    }
  }

  #read(): void {
    this.#lookedMs = performance.now();
    const mark = markOf(this.#path);
    if (mark === this.#mark) return;
    // A file that is gone let nobody in: it does not open what it closed.
    this.#tokens = mark === '' ? new Map() : parse(this.#path, readFileSync(this.#path, 'utf8'));
    this.#isInUse ||= mark !== '';
    this.#mark = mark;
    this.#isBroken = false;
  }
}

function markOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.ino}/${found.size}/${found.mtimeMs}`;
}

function parse(path: string, text: string): ReadonlyMap<string, Entry> {
  const tokens = new Map<string, Entry>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const record = recordOf(line);
    if (record === undefined) {
      throw new OodError(
        'corrupt-data',
        `${path}:${index + 1} is no record of a token: remove the line if a crash has cut it off, or restore the file`,
      );
    }
    if (record.kind === 'revoked') {
      const entry = tokens.get(record.id);
      if (entry !== undefined) tokens.set(record.id, { ...entry, revokedAt: entry.revokedAt ?? record.at });
      continue;
    }
    const { id, role, name, sha256, at, expiresAt, by } = record;
    tokens.set(id, {
      id,
      role,
      name,
      hash: Buffer.from(sha256, 'hex'),
      createdAt: at,
      createdBy: by,
      expiresAt,
      revokedAt: null,
    });
  }
  return tokens;
}

function recordOf(line: string): TokenRecord | undefined {
  try {
    return tokenRecordSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
