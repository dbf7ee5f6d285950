import { type Protocol, type Role, type Side, splitIndices } from '@oodgrid/protocols';
import type { Rows } from '@oodgrid/stats';
import type { CellSide, PlannedCell, PlannedChoice, SplitRows } from '../planner/plan.js';
import type { SeriesReader } from './unit-results.js';

/** Columns of the samples of one role in one data set: what the protocol makes a score of. */
export interface Features extends Rows {
  /** Position of each sample in the data set's file, [rows]. */
  readonly indices: Uint32Array;
}

export type Splits = Readonly<Record<Role, Features>>;

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
    if (from === to) return { ...none(cell.columns), indices };
    const rows =
      whole === null ? sweptRows(protocol, cell, side, role, chosen, reader) : pickRows(whole, indices);
    return { ...rows, indices };
  };
  return { fit: split('fit'), select: split('select'), test: split('test') };
}

/**
 * Features of the ID side, behind whose test samples stand those of covariate-shifted sets: positions go on where those of the set before end.
 */
export function idFeatures(
  protocol: Protocol,
  cell: PlannedCell,
  chosen: Chosen | null,
  reader: SeriesReader,
): Splits {
  const own = sideFeatures(protocol, cell, 'id', chosen, reader);
  const { shifted = [], sides } = cell;
  if (shifted.length === 0) return own;
  let before = sides.id.count;
  const tests = [own.test];
  for (const { side } of shifted) {
    const part = { ...cell, sides: { ...sides, id: side } };
    const { test } = sideFeatures(protocol, part, 'id', chosen, reader);
    const start = before;
    tests.push({ ...test, indices: test.indices.map((index) => index + start) });
    before += side.count;
  }
  return { ...own, test: joined(tests) };
}

function joined(parts: readonly Features[]): Features {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const columns = parts[0]?.columns ?? 0;
  const out = { rows, columns, data: new Float32Array(rows * columns), indices: new Uint32Array(rows) };
  let row = 0;
  for (const { data, indices } of parts) {
    out.data.set(data, row * columns);
    out.indices.set(indices, row);
    row += indices.length;
  }
  return out;
}

/** Rows of a whole set: of the chosen candidate, where one was chosen. */
function wholeRows(series: readonly string[], chosen: Chosen | null, reader: SeriesReader): Rows {
  const all = averagedSeries(series, reader);
  if (chosen === null) return all;
  return candidateColumns(all, chosen.candidate, chosen.choice.columns);
}

function sweptRows(
  protocol: Protocol,
  { sides, columns }: PlannedCell,
  side: Side,
  role: Role,
  chosen: Chosen | null,
  reader: SeriesReader,
): Rows {
  const where: CellSide = sides[side];
  if (where.kind !== 'swept') throw new RangeError('a whole set has its rows by their positions');
  if (role === 'test') return reader.read(where.test);
  if (chosen === null) {
    return role === 'fit' && where.fit !== null ? reader.read(where.fit) : none(columns);
  }
  const { candidate, choice } = chosen;
  return candidateColumns(splitRows(protocol, choice, role, side, reader), candidate, columns);
}

/** Every candidate's columns on one split of a choice. */
export function splitRows(
  protocol: Protocol,
  choice: PlannedChoice,
  role: Exclude<Role, 'test'>,
  side: Side,
  reader: SeriesReader,
): Rows {
  const where = choice[role][side];
  return where.series.length === 0
    ? none(choice.columns * choice.candidates.length)
    : cutRows(protocol, where, reader);
}

/** The rows of a split, of which there are some. */
export function cutRows(protocol: Protocol, { series, cut }: SplitRows, reader: SeriesReader): Rows {
  const all = averagedSeries(series, reader);
  if (cut === null) return all;
  const indices = splitIndices(protocol, cut.order, cut.count).subarray(cut.from, cut.to);
  return pickRows(all, indices);
}

const none = (columns: number): Rows => ({ rows: 0, columns, data: new Float32Array() });

const averagedSeries = (series: readonly string[], reader: SeriesReader): Rows =>
  averaged(series.map((id) => reader.read(id)));

/** One candidate's columns of a sweep, `columns` in number. */
export function candidateColumns(sweep: Rows, candidate: number, columns: number): Rows {
  const { rows } = sweep;
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = row * sweep.columns + candidate * columns;
    for (let j = 0; j < columns; j++) out[row * columns + j] = sweep.data[from + j] ?? Number.NaN;
  }
  return { rows, columns, data: out };
}

/** Mean over models, summed in float64 in the grid's order. */
function averaged(members: readonly Rows[]): Rows {
  const [first] = members;
  if (first === undefined) throw new RangeError('nothing to average');
  if (members.length === 1) return first;
  const data = Float32Array.from(first.data, (_, i) => {
    let sum = 0;
    for (const member of members) sum += member.data[i] ?? Number.NaN;
    return sum / members.length;
  });
  return { ...first, data };
}

export function pickRows({ columns, data }: Rows, indices: Uint32Array): Rows {
  const out = new Float32Array(indices.length * columns);
  for (const [row, index] of indices.entries()) {
    for (let j = 0; j < columns; j++) out[row * columns + j] = data[index * columns + j] ?? Number.NaN;
  }
  return { rows: indices.length, columns, data: out };
}

/** The first `limit` samples: protocols decide how many of the OOD ones count when all have their scores. */
export function cut({ columns, data, indices }: Features, limit: number): Features {
  const kept = indices.subarray(0, limit);
  return { rows: kept.length, columns, data: data.subarray(0, limit * columns), indices: kept };
}
