import { type Protocol, type Role, type Side, splitIndices } from '@oodgrid/protocols';
import type { Rows } from '@oodgrid/stats';
import type { CellSide, PlannedCell, PlannedChoice, SplitRows } from '../planner/plan.js';
import type { Matrix, SeriesReader } from './unit-results.js';

/** Columns of the samples of one role in one data set: what the protocol makes a score of. */
export interface Features {
  /** Columns per sample: one for softmax methods, one per layer for FSSD and Mahalanobis. */
  readonly d: number;
  /** [n, d] row-major. */
  readonly values: Float32Array;
  /** Position of each sample in the data set's file. */
  readonly indices: Uint32Array;
}

export type Splits = Readonly<Record<Role, Features>>;

export const rowsOf = ({ d, values, indices }: Features): Rows => ({
  rows: indices.length,
  columns: d,
  data: values,
});

/** The chosen candidate, by position, and the sweep that it was chosen from. */
export interface Chosen {
  readonly choice: PlannedChoice;
  readonly candidate: number;
}

/** Features of all splits of one side of a cell. */
export function sideFeatures(
  protocol: Protocol,
  cell: PlannedCell,
  side: Side,
  chosen: Chosen | null,
  reader: SeriesReader,
): Splits {
  const where = cell.sides[side];
  const order = splitIndices(protocol, cell.splitOrder, where.count);
  const whole = where.kind === 'whole' ? wholeRows(where.series, chosen, reader) : null;
  const split = (role: Role): Features => {
    const { from, to } = where.cut[role];
    const indices = order.slice(from, to);
    const values =
      whole === null ? sweptRows(protocol, where, side, role, chosen, reader) : pickRows(whole, indices);
    return { d: cell.columns, values, indices };
  };
  return { fit: split('fit'), select: split('select'), test: split('test') };
}

/** Rows of a whole set: of the chosen candidate, where one was chosen. */
function wholeRows(series: readonly string[], chosen: Chosen | null, reader: SeriesReader): Matrix {
  const all = averagedSeries(series, reader);
  if (chosen === null) return all;
  const { columns } = chosen.choice;
  return { rows: all.rows, columns, data: candidateColumns(all, chosen.candidate, columns) };
}

function sweptRows(
  protocol: Protocol,
  where: CellSide,
  side: Side,
  role: Role,
  chosen: Chosen | null,
  reader: SeriesReader,
): Float32Array {
  if (where.kind !== 'swept') throw new RangeError('a whole set has its rows by their positions');
  if (role === 'test') return reader.read(where.test).data;
  if (chosen === null) {
    return role === 'fit' && where.fit !== null ? reader.read(where.fit).data : new Float32Array();
  }
  const { columns } = chosen.choice;
  return candidateColumns(splitRows(protocol, chosen.choice[role][side], reader), chosen.candidate, columns);
}

/** Every candidate's columns on one split of a choice. */
export function splitRows(protocol: Protocol, { series, cut }: SplitRows, reader: SeriesReader): Matrix {
  if (series.length === 0) return { rows: 0, columns: 0, data: new Float32Array() };
  const all = averagedSeries(series, reader);
  if (cut === null) return all;
  const indices = splitIndices(protocol, cut.order, cut.count).subarray(cut.from, cut.to);
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

/** The first `limit` samples: protocols decide how many of the OOD ones count when all have their scores. */
export function cut({ d, values, indices }: Features, limit: number): Features {
  return { d, values: values.subarray(0, limit * d), indices: indices.subarray(0, limit) };
}
