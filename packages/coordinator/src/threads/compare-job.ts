import { closeSync, openSync, readSync } from 'node:fs';
import { type Comparison, canonicalJson, OodError } from '@oodgrid/contract';
import type { Placements } from '@oodgrid/stats';
import { compareRows } from '../merger/compare.js';
import { encodeComparisons } from '../merger/merged-run-codec.js';
import type { JobInput } from './jobs.js';
import { PartWriter } from './part-writer.js';

/** Comparisons that are one field of the message. */
const PER_FIELD = 1000;

export function compareJob({ groups, isEveryPair, part }: JobInput<'compare'>): null {
  const writer = new PartWriter(part);
  const files = new OpenFiles();
  let waiting: Comparison[] = [];
  const flush = () => {
    if (waiting.length > 0) writer.field(encodeComparisons(waiting));
    waiting = [];
  };
  try {
    for (const { group, rows } of groups) {
      const read = (row: number, kind: 'own' | 'shared'): Placements => {
        const stored = rows[row];
        const where = stored?.[kind];
        if (stored === undefined || where === undefined || where === null) {
          throw new OodError('internal', `row ${row} of a comparison has no ${kind} placements`);
        }
        return {
          id: files.read(stored.file, where.at, where.n),
          ood: files.read(stored.file, where.at + 4 * where.n, where.m),
        };
      };
      for (const comparison of compareRows(group, rows, isEveryPair, read)) {
        writer.line(canonicalJson(comparison));
        waiting.push(comparison);
        if (waiting.length >= PER_FIELD) flush();
      }
    }
    flush();
  } finally {
    files.close();
    writer.close();
  }
  return null;
}

/** Files of placements; the system's cache keeps what is read again and again. */
class OpenFiles {
  readonly #files = new Map<string, number>();

  read(path: string, at: number, count: number): Uint32Array {
    const file = this.#files.get(path) ?? openSync(path, 'r');
    this.#files.set(path, file);
    const out = new Uint32Array(count);
    const bytes = new Uint8Array(out.buffer);
    for (let from = 0; from < bytes.length; ) {
      const got = readSync(file, bytes, from, bytes.length - from, at + from);
      if (got === 0) throw new OodError('corrupt-data', `${path} ends at byte ${at + from}`);
      from += got;
    }
    return out;
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
  }
}
