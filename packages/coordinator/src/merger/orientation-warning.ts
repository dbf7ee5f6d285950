import { type Cell, metricOf, RANKED_BY, type ResultWarning } from '@oodgrid/contract';
import type { Features, Splits } from './features.js';

export interface OrientedCell {
  readonly cell: Cell;
  readonly test: Readonly<Record<'id' | 'ood', { readonly scores: Float64Array }>>;
  readonly features: Readonly<Record<'id' | 'ood', Splits>>;
}

/**
 * Says where a method's one number a sample is higher for OOD samples, though higher is to mean in-distribution: a protocol that combines columns by
 * a regression turns it round without a word, another one does not.
 */
export function orientationWarning({ cell, test, features }: OrientedCell): ResultWarning[] {
  if (features.id.test.columns !== 1) return [];
  const { estimate, interval } = metricOf(cell, RANKED_BY);
  const isTurned =
    isFalling(features.id.test, test.id.scores) || isFalling(features.ood.test, test.ood.scores);
  const [raw, most] = isTurned ? [1 - estimate, 1 - interval.low] : [estimate, interval.high];
  if (most >= 0.5) return [];
  const { method, title, id, ood, model } = cell;
  const turned = isTurned ? `; the protocol turns them round, which gives ${estimate.toFixed(4)}` : '';
  const message = `${title} ranks samples of "${ood}" above those of "${id}" with model "${model}": higher is to mean in-distribution, and the AUROC of its scores is ${raw.toFixed(4)}${turned}; if they are larger for OOD samples on purpose, take them with the other sign`;
  return [{ code: 'orientation', severity: 'serious', message, place: { method, id, ood, model } }];
}

/** Whether the final score falls where the method's own rises: told by its smallest and its largest, as any one-column combination is monotone. */
function isFalling({ data: values }: Features, scores: Float64Array): boolean {
  let [least, most] = [0, 0];
  for (let i = 1; i < values.length; i++) {
    if ((values[i] ?? Number.NaN) < (values[least] ?? Number.NaN)) least = i;
    if ((values[i] ?? Number.NaN) > (values[most] ?? Number.NaN)) most = i;
  }
  return (scores[most] ?? Number.NaN) < (scores[least] ?? Number.NaN);
}
