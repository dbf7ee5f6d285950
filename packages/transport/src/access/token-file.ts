import type { Log } from '@oodgrid/contract';
import { OodError } from '@oodgrid/contract';
import { readSecretFile } from './secret-file.js';
import { parseToken } from './token.js';

/** A token in a file, which may be replaced while the process runs: a call made later carries the new one. */
export class TokenFile {
  readonly #path: string;
  readonly #log: Log;
  #text: string;
  #readMs = performance.now();
  #problem = '';

  /** Throws for a file that cannot be read, or that others can read as well, and for what is no token. */
  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
    this.#text = read(path);
  }

  /** The token; the last good one where the file cannot be used now. */
  get current(): string {
    if (performance.now() - this.#readMs < FRESH_MS) return this.#text;
    this.#readMs = performance.now();
    try {
      this.#text = read(this.#path);
      this.#problem = '';
    } catch (thrown) {
      const { message } = OodError.from(thrown);
      if (message !== this.#problem)
        this.#log(`${message}; going on with the former token`, { level: 'warn' });
      this.#problem = message;
    }
    return this.#text;
  }
}

const FRESH_MS = 1000;

function read(path: string): string {
  try {
    return parseToken(readSecretFile(path, 'the token file')).text;
  } catch (thrown) {
    const error = OodError.from(thrown);
    if (error.code !== 'unauthenticated') throw error;
    throw new OodError('invalid-input', `the token file ${path}: ${error.message}`, { cause: thrown });
  }
}
