import { BootstrapDraws } from './bootstrap-draws.js';
import type { Interval } from './delong.js';
import { metricsOfRanked } from './metrics.js';
import { RankWalk } from './rank-walk.js';
import { type RankedScores, rankScores } from './ranked-scores.js';

export interface BootstrapOptions {
  readonly seed: number;
  /** Default 1,000. */
  readonly replicates?: number;
  /** Default 0.95. */
  readonly level?: number;
}

/** Metrics that the bootstrap has an interval for: the AUROC has DeLong's. */
export const BOOTSTRAPPED = ['auprIn', 'auprOut', 'fpr80', 'fpr95', 'tnr95', 'detacc'] as const;
export type BootstrappedMetric = (typeof BOOTSTRAPPED)[number];
export type BootstrapIntervals = Readonly<Record<BootstrappedMetric, Interval>>;

/**
 * Stratified percentile bootstrap of every metric but the AUROC: ID and OOD are resampled apart. Draws depend on
 * (seed, replicate, side, size) alone.
 */
export function bootstrapMetrics(
  id: Float64Array,
  ood: Float64Array,
  { seed, replicates = 1000, level = 0.95 }: BootstrapOptions,
): BootstrapIntervals {
  const draws = new BootstrapDraws(seed, replicates, id.length, ood.length);
  const [intervals] = bootstrapRanked([rankScores(id, ood)], draws, level);
  if (intervals === undefined) throw new RangeError('no cell');
  return intervals;
}

/**
 * The same of several cells of one size, replicate by replicate, so that large draws, which are not kept, are made
 * once for all of them. A replicate of a cell is one walk along its own rank order: O(n + m).
 */
export function bootstrapRanked(
  cells: readonly RankedScores[],
  draws: BootstrapDraws,
  level = 0.95,
): BootstrapIntervals[] {
  const { replicates, n, m } = draws;
  const walks = cells.map((ranked) => new RankWalk(ranked));
  if (cells.some(({ idGroup, oodGroup }) => idGroup.length !== n || oodGroup.length !== m)) {
    throw new RangeError(`the draws are of ${n} ID and ${m} OOD samples, a cell has others`);
  }
  const values = cells.map(() => BOOTSTRAPPED.map(() => new Float64Array(replicates)));
  for (let replicate = 0; replicate < replicates; replicate++) {
    const counts = draws.counts(replicate);
    for (const [cell, walk] of walks.entries()) {
      walk.walk(counts);
      const own = values[cell];
      for (const [i, name] of BOOTSTRAPPED.entries()) {
        const column = own[i];
        if (column !== undefined) column[replicate] = walk[name];
      }
    }
  }
  return cells.map((ranked, cell) => {
    const point = metricsOfRanked(ranked);
    const own = values[cell];
    const interval = (name: BootstrappedMetric): Interval =>
      percentiles(point[name], own[BOOTSTRAPPED.indexOf(name)], level);
    return {
      auprIn: interval('auprIn'),
      auprOut: interval('auprOut'),
      fpr80: interval('fpr80'),
      fpr95: interval('fpr95'),
      tnr95: interval('tnr95'),
      detacc: interval('detacc'),
    };
  });
}

/** An interval from a metric's value and its replicates, which are sorted in place. */
export function percentiles(value: number, replicates: Float64Array, level: number): Interval {
  const sorted = replicates.sort();
  return { value, low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
}

/** Linear-interpolated quantile of ascending values, as `numpy.quantile` has it. */
function quantile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const low = Math.floor(position);
  const below = sorted[low];
  return below + (sorted[Math.min(low + 1, sorted.length - 1)] - below) * (position - low);
}
