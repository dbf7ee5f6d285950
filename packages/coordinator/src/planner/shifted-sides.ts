import { type ModelSpec, OodError, type ResolvedDataset } from '@oodgrid/contract';
import { type Cut, familyMetrics } from '@oodgrid/protocols';
import { datasetOf, type PairSplit, predictionsOn, requireLabels } from './pair-split.js';
import type { CellSide, PlannedCell, ShiftedSide } from './plan.js';
import type { RowContext } from './plan-series.js';

const NOTHING = { from: 0, to: 0 } as const;

/**
 * The samples of the grid's covariate-shifted sets, all of which test, as a part of a cell; nothing where there are none. Throws `invalid-input` for a row of scores that
 * were computed elsewhere, which has none of them.
 */
export function shiftedPart(
  context: RowContext,
  model: ModelSpec,
  { idSet }: PairSplit,
  side: (dataset: ResolvedDataset, cut: Cut) => CellSide,
): Pick<PlannedCell, 'shifted'> {
  const { grid, row, protocol, plan } = context;
  const { fullSpectrum = [], measure = [] } = grid;
  if (fullSpectrum.length === 0) return {};
  if (row.scores !== undefined)
    throw new OodError(
      'invalid-input',
      `fullSpectrum: row "${row.row}" brings scores of "${idSet.name}" and OOD sets alone; take the row or fullSpectrum out`,
    );
  const order = protocol.order(plan.splitOrder);
  const hasPredictions = familyMetrics(measure).length > 0;
  const shifted = fullSpectrum.map((name): ShiftedSide => {
    const dataset = datasetOf(grid, name);
    const test = { from: 0, to: dataset.test.count };
    const own = side(dataset, { fit: NOTHING, select: NOTHING, test });
    if (!hasPredictions) return { side: own };
    requireLabels(dataset, measure);
    return { side: own, predictions: predictionsOn(context, model, dataset, { ...test, order }) };
  });
  return { shifted };
}

/** Rows that are tested on other samples than others cannot be paired where ID samples are of several sets. Throws `invalid-input` for a plan with both. */
export function requireOneOrder(cells: readonly PlannedCell[], protocol: string): void {
  const first = cells.find(({ shifted }) => shifted !== undefined);
  const other = cells.find(({ splitOrder }) => splitOrder !== first?.splitOrder);
  if (first === undefined || other === undefined) return;
  throw new OodError(
    'invalid-input',
    `fullSpectrum: protocol ${protocol} tests "${first.row}" and "${other.row}" on different samples; take protocol openood or raw, or rows that it tests on the same ones`,
  );
}
