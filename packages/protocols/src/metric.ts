import type { MetricSpec } from '@oodgrid/contract';
import type { BootstrappedMetric } from '@oodgrid/stats';

/** A number of a row's table, and how it is measured. */
export interface Metric extends MetricSpec {
  /**
   * The metric, a share in [0, 1], from the number of ID and of OOD samples in each group of equal scores, highest score
   * first. O(groups). It is also called on resampled counts, of the groups that were drawn from.
   */
  of(id: Float64Array, ood: Float64Array): number;
  /** Name under which the bootstrap's walk measures it on every replicate at once; without it, `of` is called for each replicate. */
  readonly walk?: BootstrappedMetric;
}
