import type { MetricSpec, Work } from '@oodgrid/contract';

/** A number of a row that also needs to know which ID samples the row's model classifies wrongly. */
export interface ClassifiedMetric extends MetricSpec {
  /** In [0, 1], from the ID samples, the OOD samples and the wrongly classified ID samples in each group of equal scores, highest score first. O(groups). */
  of(id: Float64Array, ood: Float64Array, wrong: Float64Array): number;
}

/** What a grid may ask for beside detection, by `measure`. */
export interface MetricFamily {
  readonly name: string;
  /** What it says, for the documentation. */
  readonly measures: string;
  /** Columns that every row gets; none where models are measured instead. */
  readonly metrics: readonly ClassifiedMetric[];
  /** Whether the calibration of each model is measured on each ID test set. */
  readonly isOfModels: boolean;
  readonly cites: readonly Work[];
}

/** Of the ID samples of each group, those that are classified rightly. */
export function rightOf(id: Float64Array, wrong: Float64Array): Float64Array {
  const right = new Float64Array(id.length);
  for (let group = 0; group < right.length; group++)
    right[group] = (id[group] ?? Number.NaN) - (wrong[group] ?? Number.NaN);
  return right;
}
