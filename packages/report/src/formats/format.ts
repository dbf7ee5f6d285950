import type { Cell, Results } from '@oodgrid/contract';

/** Final test scores of a cell. */
export interface CellScores {
  readonly id: Float64Array;
  readonly ood: Float64Array;
  /** Positions of the samples in the data sets' files: tell whether two rows are of the same samples. */
  readonly indices?: { readonly id: Int32Array; readonly ood: Int32Array };
}

/** Input of every format. */
export interface Report {
  readonly results: Results;
  /** Scores of a cell of the results; undefined where they are not at hand. Asked for the cells that are drawn alone. */
  readonly scoresOf: (cell: Cell) => CellScores | undefined;
}

export interface ReportFile {
  /** In the run's folder. */
  readonly name: string;
  /** Short description of the file's contents. */
  readonly holds: string;
  /** Whether it is a page to open in a browser: its path is printed. */
  readonly isPage?: boolean;
  /** The text in pieces of at most some rows, in time that grows with the rows. No piece holds a large run. */
  write(report: Report): Iterable<string>;
}

/** One value of a grid's `outputs.formats`. */
export interface ReportFormat {
  readonly name: string;
  readonly files: readonly ReportFile[];
}
