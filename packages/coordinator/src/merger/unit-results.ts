import { OodError } from '@oodgrid/contract';
import type { Rows } from '@oodgrid/stats';
import type { Plan, Series } from '../planner/plan.js';

/**
 * Looks series up by id, in whatever order their slices arrived: row r of a unit belongs to position `from + r` of its task's order, and
 * a series is what all its slices gave, in order.
 */
export class SeriesReader {
  readonly #series: ReadonlyMap<string, Series>;
  readonly #scoresOf: (unit: string) => Rows | undefined;

  constructor(plan: Pick<Plan, 'series'>, scoresOf: (unit: string) => Rows | undefined) {
    this.#series = new Map(plan.series.map((one) => [one.id, one]));
    this.#scoresOf = scoresOf;
  }

  /** The whole series. Throws when a part of it is missing. */
  read(id: string): Rows {
    const { rows, columns, data, isThere } = this.readSoFar(id);
    const missing = isThere.indexOf(0);
    if (missing >= 0) throw new OodError('internal', `series "${id}" has no result for row ${missing}`);
    return { rows, columns, data };
  }

  /** Returns the rows of a series so far; `isThere` holds a 1 for each row that has arrived, `sliceEnds` the row after each slice. */
  readSoFar(id: string): Rows & { readonly isThere: Uint8Array; readonly sliceEnds: readonly number[] } {
    const series = this.#series.get(id);
    if (series === undefined) throw new OodError('internal', `the plan has no series "${id}"`);
    const [head] = series.parts;
    const tail = series.parts.at(-1);
    if (head === undefined || tail === undefined)
      throw new OodError('internal', `series "${id}" is planned without a part`);
    const first = head.from;
    const rows = tail.to - first;
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
