import {
  type ModelSpec,
  OodError,
  type ResolvedDataset,
  type ResolvedGrid,
  type SplitOrder,
} from '@oodgrid/contract';
import { type Cut, isChoosing, type Protocol, type Range, type Role, type Side } from '@oodgrid/protocols';
import type { CellSide, SplitRows } from './plan.js';
import { predictionSeries } from './plan-accuracies.js';
import type { RowContext } from './plan-series.js';

/** Where the OOD samples come from that settings are selected on: the pair's own OOD set, another set, or wrongly classified ID samples. */
type Validation =
  | { readonly kind: 'pair' }
  | { readonly kind: 'id' }
  | { readonly kind: 'set'; readonly dataset: ResolvedDataset };

/** The sets of a pair, how they are cut, and what settings are selected on. */
export interface PairSplit {
  readonly idSet: ResolvedDataset;
  readonly oodSet: ResolvedDataset;
  readonly isChosen: boolean;
  readonly cuts: Readonly<Record<Side, Cut>>;
  readonly validation: Validation;
}

/** Throws `invalid-input` for sets that are too small, and where wrong predictions are to choose and there are no labels. */
export function splitOf(
  grid: ResolvedGrid,
  protocol: Protocol,
  idSet: ResolvedDataset,
  oodSet: ResolvedDataset,
): PairSplit {
  const isChosen = isChoosing(protocol, grid.chooseOn);
  const sized = ({ name, test }: ResolvedDataset) => ({ name, count: test.count });
  const cutId = isChosen && protocol.cutForChoice !== undefined ? protocol.cutForChoice : protocol.cut;
  const cuts = { id: cutId.call(protocol, sized(idSet)), ood: protocol.cut(sized(oodSet)) };
  return { idSet, oodSet, isChosen, cuts, validation: validationOf(grid, protocol, idSet) };
}

/** Throws `invalid-input` where a grid asks for numbers that need to know which ID samples are classified wrongly, and there are no labels. */
export function requireLabels({ name, test }: ResolvedDataset, measure: readonly string[]): void {
  if (measure.length > 0 && test.isUnlabelled === true)
    throw new OodError(
      'invalid-input',
      `measure: ${measure.join(', ')} needs to know which samples of "${name}" are classified wrongly, but it has no labels: give labels, or take measure out`,
    );
}

function validationOf(grid: ResolvedGrid, protocol: Protocol, idSet: ResolvedDataset): Validation {
  const { chooseOn = 'none' } = grid;
  if (protocol.cutForChoice === undefined || chooseOn === 'none') return { kind: 'pair' };
  if (typeof chooseOn === 'object') return { kind: 'set', dataset: datasetOf(grid, chooseOn.ood) };
  if (idSet.test.isUnlabelled === true)
    throw new OodError(
      'invalid-input',
      `chooseOn: id chooses settings by which samples of "${idSet.name}" are classified wrongly, but it has no labels: give labels, or chooseOn: none`,
    );
  return { kind: 'id' };
}

/** Predictions on the ID samples of a role: of the model that the row is of, where it is of another one alone. */
export function predictionsOf(
  context: RowContext,
  model: ModelSpec,
  { idSet, cuts }: PairSplit,
  order: SplitOrder,
  role: Role,
): SplitRows {
  return predictionsOn(context, model, idSet, { ...cuts.id[role], order });
}

/** Predictions on a part of a set of ID classes. */
export function predictionsOn(
  context: RowContext,
  model: ModelSpec,
  dataset: ResolvedDataset,
  part: Range & { readonly order: SplitOrder },
): SplitRows {
  const [other, ...more] = context.plan.models;
  const own = other === undefined || more.length > 0 ? model : modelOf(context.grid, other);
  return { series: [predictionSeries(context, own, dataset)], cut: { ...part, count: dataset.test.count } };
}

export const sidesOf = (
  { idSet, oodSet, cuts }: PairSplit,
  side: (dataset: ResolvedDataset, cut: Cut) => CellSide,
): Readonly<Record<Side, CellSide>> => ({ id: side(idSet, cuts.id), ood: side(oodSet, cuts.ood) });

export function datasetOf(grid: ResolvedGrid, name: string): ResolvedDataset {
  const found = grid.datasets.find((dataset) => dataset.name === name);
  if (found === undefined) throw new OodError('internal', `the grid has no data set "${name}"`);
  return found;
}

export function modelOf(grid: ResolvedGrid, name: string): ModelSpec {
  const found = [...grid.models, ...grid.auxiliaryModels].find((model) => model.name === name);
  if (found === undefined) throw new OodError('internal', `the grid has no model "${name}"`);
  return found;
}
