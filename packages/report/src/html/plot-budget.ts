import type { Cell } from '@oodgrid/contract';
import { type Point, rocCurve } from '@oodgrid/stats';
import type { CellScores, Report } from '../formats/format.js';
import { bestRows } from '../shown-rows.js';
import { plottedCurve } from './curve-plot.js';
import { SERIES_STYLES } from './styles.js';

/** A row with the scores that its plots are made of. */
export interface PlottedRow {
  readonly cell: Cell;
  readonly scores: CellScores;
  /** Drawn alone and with those of the others. */
  readonly roc: readonly Point[];
}

/** Rows of a page that still may have plots. Scores are read table by table, so that a page never needs those of all. */
export class PlotBudget {
  readonly #scoresOf: Report['scoresOf'];
  #left: number;

  constructor(rows: number, scoresOf: Report['scoresOf']) {
    this.#left = rows;
    this.#scoresOf = scoresOf;
  }

  /** The best rows of a table whose scores are at hand: no more than have curves that can be told apart. */
  take(cells: readonly Cell[]): readonly PlottedRow[] {
    const rows = bestRows(cells, Math.min(this.#left, SERIES_STYLES)).flatMap((cell) => {
      const scores = this.#scoresOf(cell);
      return scores === undefined
        ? []
        : [{ cell, scores, roc: plottedCurve(rocCurve(scores.id, scores.ood)) }];
    });
    this.#left -= rows.length;
    return rows;
  }
}
