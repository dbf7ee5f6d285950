import { type Protocol, splitIndices } from '@oodgrid/protocols';
import { type Placements, placementsOf, rankScores } from '@oodgrid/stats';
import type { CellSide, PlannedCell } from '../planner/plan.js';
import { meanOfSome } from './mean-of-some.js';
import type { SeriesReader } from './unit-results.js';

/** AUROC of a cell on the test scores that are there so far, and where the whole will lie. */
export interface RunningAuroc {
  readonly cell: string;
  readonly auroc: number;
  /** Interval in which the AUROC on all samples is expected to lie, 19 times in 20. */
  readonly low: number;
  readonly high: number;
  /** Share of the test scores that are there. */
  readonly share: number;
}

/** Slices of a side without which its spread between slices, and so the interval, says nothing. */
const MIN_SLICES = 3;
/** Samples of a side. */
const MIN_SAMPLES = 100;

/**
 * For people who watch. Slices follow the file, and files are often sorted, so the spread between slices (not between samples)
 * says how far the part may be from the whole. Undefined while a side has too little to tell; where the protocol
 * knows only in the end which way columns count; for ensembles and full spectra; and for a choice between settings of whole sets, which is made when all
 * of their scores are there.
 */
export function runningAuroc(
  protocol: Protocol,
  cell: PlannedCell,
  reader: SeriesReader,
): RunningAuroc | undefined {
  const column = protocol.previewColumn(cell.columns);
  if (column === null || isMixture(cell) || isChosenAtTheEnd(cell)) return undefined;
  const of = (side: CellSide) => soFar(side, testRows(protocol, cell, side), column, reader);
  const id = of(cell.sides.id);
  const ood = of(cell.sides.ood);
  if (!isEnough(id) || !isEnough(ood)) return undefined;
  const placements = placementsOf(rankScores(id.scores, ood.scores));
  const shares = sharesOf(placements);
  const ofId = meanOfSome(shares.id, id.slices, id.slicesInAll);
  const ofOod = meanOfSome(shares.ood, ood.slices, ood.slicesInAll);
  const half = Math.hypot(ofId.halfWidth, ofOod.halfWidth);
  const auroc = ofId.mean;
  return {
    cell: `${cell.row}, ${cell.id} vs ${cell.ood}, ${cell.model}`,
    auroc,
    low: Math.max(0, auroc - half),
    high: Math.min(1, auroc + half),
    share: (id.scores.length + ood.scores.length) / (id.samplesInAll + ood.samplesInAll),
  };
}

/** Of several rows' scores, or of several ID sets' samples. */
const isMixture = ({ members, shifted }: PlannedCell): boolean =>
  members !== undefined || shifted !== undefined;

const isChosenAtTheEnd = ({ choice, sides }: PlannedCell): boolean =>
  choice !== null && sides.id.kind === 'whole';

/** Test scores of one side that are there, in the order of the slices. */
interface SoFar {
  readonly scores: Float64Array;
  /** Slice of each score. */
  readonly slices: Uint32Array;
  readonly slicesInAll: number;
  readonly samplesInAll: number;
}

const isEnough = ({ scores, slices, slicesInAll, samplesInAll }: SoFar): boolean =>
  scores.length === samplesInAll ||
  (scores.length >= MIN_SAMPLES && new Set(slices).size >= Math.min(MIN_SLICES, slicesInAll));

/** Placements as shares of the other side: their mean is the AUROC, on either side. */
function sharesOf({ id, ood }: Placements): { readonly id: Float64Array; readonly ood: Float64Array } {
  return {
    id: Float64Array.from(id, (twice) => twice / (2 * ood.length)),
    ood: Float64Array.from(ood, (twice) => twice / (2 * id.length)),
  };
}

/** Rows of the test split in the side's series, ascending. A swept series is the test split itself. */
function testRows(
  protocol: Protocol,
  { splitOrder }: PlannedCell,
  { kind, cut, count }: CellSide,
): Uint32Array {
  const { from, to } = cut.test;
  if (kind === 'swept') return Uint32Array.from({ length: to - from }, (_, row) => row);
  return splitIndices(protocol, splitOrder, count).slice(from, to).sort();
}

function soFar(side: CellSide, all: Uint32Array, column: number, reader: SeriesReader): SoFar {
  const members = (side.kind === 'whole' ? side.series : [side.test]).map((id) => reader.readSoFar(id));
  const sliceEnds = members[0]?.sliceEnds ?? [];
  const there = all.filter((row) => members.every(({ isThere }) => isThere[row] === 1));
  const slices = slicesOf(there, sliceEnds);
  return {
    scores: Float64Array.from(there, (row) => {
      let sum = 0;
      for (const { data, columns } of members) sum += data[row * columns + column] ?? Number.NaN;
      return sum / members.length;
    }),
    slices,
    slicesInAll: new Set(slicesOf(all, sliceEnds)).size,
    samplesInAll: all.length,
  };
}

/** Slice of each row; rows ascend. */
function slicesOf(rows: Uint32Array, sliceEnds: readonly number[]): Uint32Array {
  let slice = 0;
  return rows.map((row) => {
    while (row >= (sliceEnds[slice] ?? Number.POSITIVE_INFINITY)) slice++;
    return slice;
  });
}
