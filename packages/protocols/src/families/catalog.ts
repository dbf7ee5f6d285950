import { OodError } from '@oodgrid/contract';
import { calibration } from './calibration.js';
import { failureDetection, misclassification } from './failures.js';
import type { ClassifiedMetric, MetricFamily } from './family.js';
import { openSet } from './open-set.js';

/** What a grid may name under `measure`. A new family is one file and one line here. */
export const FAMILIES: readonly MetricFamily[] = [failureDetection, misclassification, openSet, calibration];

/** In the catalog's order, whatever the order of the names. Throws `not-found` for a name that is none. */
export function familiesOf(names: readonly string[] = []): readonly MetricFamily[] {
  const unknown = names.find((name) => !FAMILIES.some((family) => family.name === name));
  if (unknown !== undefined) throw new OodError('not-found', `there is no family of metrics "${unknown}"`);
  return FAMILIES.filter(({ name }) => names.includes(name));
}

/** Columns that the named families add to every row. */
export const familyMetrics = (names: readonly string[] | undefined): readonly ClassifiedMetric[] =>
  familiesOf(names).flatMap(({ metrics }) => metrics);
