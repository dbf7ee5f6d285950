import { closeSync, openSync, writeSync } from 'node:fs';
import type { PartFiles } from './jobs.js';

/** Small pieces are written together. */
const BUFFER_BYTES = 1024 ** 2;

/** A file that is written from its start to its end. */
export class AppendedFile {
  readonly #file: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #size = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  write(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#size += bytes.length;
    if (this.#waitingBytes >= BUFFER_BYTES) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    for (const bytes of this.#waiting.length === 1 ? this.#waiting : [Buffer.concat(this.#waiting)]) {
      for (let from = 0; from < bytes.length; ) from += writeSync(this.#file, bytes, from);
    }
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}

/** Writes a part of a merged run: fields of its message, and a line of canonical JSON for each thing in them. */
export class PartWriter {
  readonly #message: AppendedFile;
  readonly #canonical: AppendedFile;

  constructor({ message, canonical }: PartFiles) {
    this.#message = new AppendedFile(message);
    this.#canonical = new AppendedFile(canonical);
  }

  field(bytes: Uint8Array): void {
    this.#message.write(bytes);
  }

  line(canonicalJson: string): void {
    this.#canonical.write(Buffer.from(`${canonicalJson}\n`));
  }

  close(): void {
    this.#message.close();
    this.#canonical.close();
  }
}
