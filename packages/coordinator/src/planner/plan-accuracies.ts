import type { ModelSpec, ResolvedDataset, ResolvedGrid, ResolvedRow } from '@oodgrid/contract';
import { MAX_SOFTMAX, type MethodPlan, PREDICTIONS } from '@oodgrid/contract';
import { familiesOf, type Protocol } from '@oodgrid/protocols';
import type { PlannedAccuracy } from './plan.js';
import type { PlanBuilder } from './plan-builder.js';
import { type RowContext, wholeSeries } from './plan-series.js';

const NOTHING_MORE = { forwards: 0, gradients: 0 };

/** Plan of one of the engine's own numbers of a model. */
const planOf = ({ compute, revision, columns }: typeof PREDICTIONS | typeof MAX_SOFTMAX): MethodPlan => ({
  compute,
  revision,
  options: {},
  splitOrder: 'file',
  pass: 'forward',
  fit: 'none',
  candidates: [],
  fallbackCandidate: 0,
  columns,
  models: [],
  cost: { sweep: NOTHING_MORE, score: NOTHING_MORE },
});
const row: ResolvedRow = { row: PREDICTIONS.compute, title: '', plans: {}, fitSet: null };

/** What a model predicts of every sample of an ID test set, and its label: rows in file order. */
export const predictionSeries = (
  context: Omit<RowContext, 'row' | 'plan'>,
  model: ModelSpec,
  dataset: ResolvedDataset,
): string => wholeSeries({ ...context, row, plan: planOf(PREDICTIONS) }, model, dataset, dataset);

/**
 * One more unit of the canonical pass for every model and ID test set: it shares the pass with the softmax methods
 * where there are any. Members of ensembles count too: a wrong one spoils its row.
 */
export function planAccuracies(
  grid: ResolvedGrid,
  protocol: Protocol,
  builder: PlanBuilder,
  slice: number,
): PlannedAccuracy[] {
  const accuracies: PlannedAccuracy[] = [];
  const isCalibrated = familiesOf(grid.measure).some(({ isOfModels }) => isOfModels);
  const idSets = new Set(grid.pairs.map(({ id }) => id));
  // Shifted images are normalised as those of the one ID set.
  const idSet = grid.datasets.find(({ name }) => idSets.has(name));
  for (const dataset of grid.datasets) {
    const isShifted = grid.fullSpectrum?.includes(dataset.name) === true;
    if (!idSets.has(dataset.name) && !isShifted) continue;
    if (dataset.test.isUnlabelled === true) continue;
    const transform = protocol.normalisation(isShifted ? (idSet ?? dataset) : dataset);
    const context = { protocol, grid, builder, slice, transform };
    for (const model of [...grid.models, ...grid.auxiliaryModels]) {
      const series = predictionSeries(context, model, dataset);
      const measured = {
        ...{ model: model.name, id: dataset.name, classes: model.classes, series },
        ...(isShifted ? { isShifted } : {}),
      };
      const confidence = { ...context, row, plan: planOf(MAX_SOFTMAX) };
      accuracies.push(
        isCalibrated
          ? { ...measured, confidences: wholeSeries(confidence, model, dataset, dataset) }
          : measured,
      );
    }
  }
  return accuracies;
}
