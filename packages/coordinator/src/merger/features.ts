import type { CellSide, PlannedCell, PlannedChoice, SplitRows } from '../planner/plan.js';
import { type SplitName, splitOrder, splitRange } from '../planner/splits.js';
import type { Matrix, SeriesReader } from './unit-results.js';

/** Feature vectors of one split of one data set: what the detector sees. */
export interface Features {
  /** Columns per sample: one for softmax methods, one per layer for FSSD and Mahalanobis. */
  readonly d: number;
  /** [n, d] row-major. */
  readonly values: Float32Array;
  /** Position of each sample in the data set's file. */
  readonly indices: Uint32Array;
}

export type Splits = Readonly<Record<SplitName, Features>>;

/** The chosen candidate, by position, and the sweep that it was chosen from. */
export interface Chosen {
  readonly choice: PlannedChoice;
  readonly candidate: number;
}

/** Features of all splits of one side of a cell. */
export function sideFeatures(
  cell: PlannedCell,
  side: 'id' | 'ood',
  chosen: Chosen | null,
  reader: SeriesReader,
): Splits {
  const where = cell.sides[side];
  const order = splitOrder(cell.splitOrder, where.count);
  const whole = where.kind === 'whole' ? wholeRows(where.series, chosen, reader) : null;
  const split = (name: SplitName): Features => {
    const { from, to } = splitRange(name, where.count);
    const indices = order.slice(from, to);
    const values = whole === null ? sweptRows(where, side, name, chosen, reader) : pickRows(whole, indices);
    return { d: cell.columns, values, indices };
  };
  return { valFit: split('valFit'), valSelect: split('valSelect'), test: split('test') };
}

/** Rows of a whole set: of the chosen candidate, where one was chosen. */
function wholeRows(series: readonly string[], chosen: Chosen | null, reader: SeriesReader): Matrix {
  const all = averagedSeries(series, reader);
  if (chosen === null) return all;
  const { columns } = chosen.choice;
  return { rows: all.rows, columns, data: candidateColumns(all, chosen.candidate, columns) };
}

function sweptRows(
  where: CellSide,
  side: 'id' | 'ood',
  split: SplitName,
  chosen: Chosen | null,
  reader: SeriesReader,
): Float32Array {
  if (where.kind !== 'swept' || chosen === null) throw new RangeError('a swept cell needs its choice');
  if (split === 'test') return reader.read(where.test).data;
  const { columns } = chosen.choice;
  return candidateColumns(splitRows(chosen.choice[split][side], split, reader), chosen.candidate, columns);
}

/** Every candidate's columns on one split of a choice. */
export function splitRows({ series, cut }: SplitRows, split: SplitName, reader: SeriesReader): Matrix {
  const all = averagedSeries(series, reader);
  if (cut === null) return all;
  const { from, to } = splitRange(split, cut.count);
  const indices = splitOrder(cut.order, cut.count).subarray(from, to);
  return { rows: indices.length, columns: all.columns, data: pickRows(all, indices) };
}

const averagedSeries = (series: readonly string[], reader: SeriesReader): Matrix =>
  averaged(series.map((id) => reader.read(id)));

/** One candidate's columns of a sweep: [rows, d]. */
export function candidateColumns(
  { rows, columns, data }: Matrix,
  candidate: number,
  d: number,
): Float32Array {
  const out = new Float32Array(rows * d);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < d; j++) out[row * d + j] = data[row * columns + candidate * d + j] ?? 0;
  }
  return out;
}

/** Mean over models, summed in float64 in the grid's order. */
function averaged(members: readonly Matrix[]): Matrix {
  const [first] = members;
  if (first === undefined) throw new RangeError('nothing to average');
  if (members.length === 1) return first;
  const data = Float32Array.from(first.data, (_, i) => {
    let sum = 0;
    for (const member of members) sum += member.data[i] ?? 0;
    return sum / members.length;
  });
  return { ...first, data };
}

function pickRows({ columns, data }: Matrix, indices: Uint32Array): Float32Array {
  const out = new Float32Array(indices.length * columns);
  for (const [row, index] of indices.entries()) {
    for (let j = 0; j < columns; j++) out[row * columns + j] = data[index * columns + j] ?? 0;
  }
  return out;
}

/** The first `limit` samples: the protocol cuts OOD test sets to the ID test length after scoring. */
export function cut({ d, values, indices }: Features, limit: number): Features {
  return { d, values: values.subarray(0, limit * d), indices: indices.subarray(0, limit) };
}
