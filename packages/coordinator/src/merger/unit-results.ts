import { OodError } from '@oodgrid/protocol';
import type { Plan, Series } from '../planner/plan.js';

/** Rows of one unit: row r belongs to position `from + r` of its task's order. */
export interface UnitScores {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] row-major. */
  readonly data: Float32Array;
}

/** A series put together: what all its slices gave, in order. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** Looks series up by id, in whatever order their slices arrived. */
export class SeriesReader {
  readonly #series: ReadonlyMap<string, Series>;
  readonly #scoresOf: (unit: string) => UnitScores | undefined;

  constructor(plan: Pick<Plan, 'series'>, scoresOf: (unit: string) => UnitScores | undefined) {
    this.#series = new Map(plan.series.map((one) => [one.id, one]));
    this.#scoresOf = scoresOf;
  }

  /** The whole series. Throws when a part of it is missing. */
  read(id: string): Matrix {
    const { rows, columns, data, isThere } = this.readSoFar(id);
    const missing = isThere.indexOf(0);
    if (missing >= 0) throw new OodError('internal', `series "${id}" has no result for row ${missing}`);
    return { rows, columns, data };
  }

  /** What is there of a series; `isThere` has a 1 for each row that is, `sliceEnds` the row after each slice. */
  readSoFar(id: string): Matrix & { readonly isThere: Uint8Array; readonly sliceEnds: readonly number[] } {
    const series = this.#series.get(id);
    if (series === undefined) throw new OodError('internal', `the plan has no series "${id}"`);
    const first = series.parts[0]?.from ?? 0;
    const rows = (series.parts.at(-1)?.to ?? 0) - first;
    const data = new Float32Array(rows * series.columns);
    const isThere = new Uint8Array(rows);
    for (const { unit, from, to } of series.parts) {
      const scores = this.#scoresOf(unit);
      if (scores?.rows !== to - from || scores.columns !== series.columns) continue;
      data.set(scores.data, (from - first) * series.columns);
      isThere.fill(1, from - first, to - first);
    }
    const sliceEnds = series.parts.map(({ to }) => to - first);
    return { rows, columns: series.columns, data, isThere, sliceEnds };
  }
}
