import type { FitContext, Rows, State } from '../method.js';
import { labelledMeans } from './labelled-means.js';
import { unitRows } from './unit-rows.js';

/** Directions of the class means, [classes, d]: of the raw features, normalised after. */
export function meanDirections(
  h: Rows,
  { facts: { penultimate, classes, features }, labels }: FitContext,
): State {
  const means = labelledMeans(penultimate, h, labels, classes);
  const data = unitRows({ rows: classes, columns: features, data: means });
  return { means: { shape: [classes, features], data } };
}
