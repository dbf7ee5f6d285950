import { type FileHandle, open } from 'node:fs/promises';
import type { MergedPart } from '@oodgrid/coordinator';

/** Lines are written in pieces of about this size. */
const PIECE_CHARS = 256 * 1024;

/** results.json, written piece by piece: a large run is never one string. Its lists come last. */
export class ResultsFile implements AsyncDisposable {
  readonly #file: FileHandle;
  #waiting: string[] = [];
  #waitingChars = 0;
  #list: 'none' | 'cells' | 'comparisons' = 'none';
  #isEmpty = true;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<ResultsFile> {
    return new ResultsFile(await open(path, 'wx'));
  }

  /** The header first, then cells, then comparisons. */
  async add(part: MergedPart): Promise<void> {
    switch (part.kind) {
      case 'header':
        // Everything but the closing brace, as it would be with more to come.
        this.#write(`${JSON.stringify(part.header, null, 2).slice(0, -2)},\n  "cells": [`);
        this.#list = 'cells';
        break;
      case 'cell':
        this.#item(part.merged.cell);
        break;
      case 'comparisons':
        this.#startComparisons();
        for (const comparison of part.comparisons) {
          this.#item(comparison);
          if (this.#waitingChars >= PIECE_CHARS) await this.#flush();
        }
        break;
    }
    if (this.#waitingChars >= PIECE_CHARS) await this.#flush();
  }

  async end(): Promise<void> {
    this.#startComparisons();
    this.#endList();
    this.#write('\n}\n');
    await this.#flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  #startComparisons(): void {
    if (this.#list !== 'cells') return;
    this.#endList();
    this.#write(',\n  "comparisons": [');
    this.#list = 'comparisons';
    this.#isEmpty = true;
  }

  #endList(): void {
    this.#write(this.#isEmpty ? ']' : '\n  ]');
  }

  #item(value: unknown): void {
    const text = JSON.stringify(value, null, 2).replaceAll('\n', '\n    ');
    this.#write(`${this.#isEmpty ? '' : ','}\n    ${text}`);
    this.#isEmpty = false;
  }

  #write(text: string): void {
    this.#waiting.push(text);
    this.#waitingChars += text.length;
  }

  async #flush(): Promise<void> {
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#waitingChars = 0;
    await this.#file.writeFile(text);
  }
}
