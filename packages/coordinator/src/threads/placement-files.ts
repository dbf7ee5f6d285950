import { closeSync, openSync, readSync } from 'node:fs';
import { OodError } from '@oodgrid/contract';
import type { Placements } from '@oodgrid/stats';
import type { PlacementKind } from '../merger/compare.js';
import type { StoredRow } from './jobs.js';

/** Files of placements; the system's cache keeps what is read again and again. */
export class PlacementFiles {
  readonly #files = new Map<string, number>();

  #read(path: string, at: number, count: number): Uint32Array {
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

  /** Placements of a merged cell. Throws `internal` where it has none of the kind. */
  placements(row: StoredRow | undefined, kind: PlacementKind): Placements {
    const where = row?.[kind];
    if (row === undefined || where === undefined || where === null)
      throw new OodError('internal', `row ${row?.method ?? ''} of a comparison has no ${kind} placements`);
    return {
      id: this.#read(row.file, where.at, where.n),
      ood: this.#read(row.file, where.at + 4 * where.n, where.m),
    };
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
  }
}
