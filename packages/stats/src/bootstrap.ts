import type { Interval } from './delong.js';
import { METRIC_NAMES, type MetricName, metricsOfCounts, metricsOfRanked } from './metrics.js';
import { philoxWords } from './philox.js';
import { rankScores } from './ranked-scores.js';

export interface BootstrapOptions {
  readonly seed: number;
  /** Default 1,000. */
  readonly replicates?: number;
  /** Default 0.95. */
  readonly level?: number;
}

/**
 * Stratified percentile bootstrap of every metric: ID and OOD are resampled apart. Scores are sorted once;
 * a replicate only re-counts groups. Draws depend on (seed, replicate, side) alone.
 */
export function bootstrapMetrics(
  id: Float64Array,
  ood: Float64Array,
  { seed, replicates = 1000, level = 0.95 }: BootstrapOptions,
): Readonly<Record<MetricName, Interval>> {
  const ranked = rankScores(id, ood);
  const groups = ranked.thresholds.length;
  const values = METRIC_NAMES.map(() => new Float64Array(replicates));
  for (let replicate = 0; replicate < replicates; replicate++) {
    const metrics = metricsOfCounts(
      resample(ranked.idGroup, groups, seed, replicate, 0),
      resample(ranked.oodGroup, groups, seed, replicate, 1),
    );
    for (const [i, name] of METRIC_NAMES.entries())
      (values[i] ?? new Float64Array())[replicate] = metrics[name];
  }
  const point = metricsOfRanked(ranked);
  const interval = (name: MetricName): Interval => {
    const sorted = (values[METRIC_NAMES.indexOf(name)] ?? new Float64Array()).sort();
    return {
      value: point[name],
      low: quantile(sorted, (1 - level) / 2),
      high: quantile(sorted, (1 + level) / 2),
    };
  };
  return {
    auroc: interval('auroc'),
    auprIn: interval('auprIn'),
    auprOut: interval('auprOut'),
    fpr80: interval('fpr80'),
    fpr95: interval('fpr95'),
    tnr95: interval('tnr95'),
    detacc: interval('detacc'),
  };
}

function resample(
  groupOf: Int32Array,
  groups: number,
  seed: number,
  replicate: number,
  side: number,
): Float64Array {
  const n = groupOf.length;
  const counts = new Float64Array(groups);
  for (const word of philoxWords({ seed, stream: side, counter: [replicate, 0] }, n)) {
    const group = groupOf[Math.floor((word / 2 ** 32) * n)] ?? 0;
    counts[group] = (counts[group] ?? 0) + 1;
  }
  return counts;
}

/** Linear-interpolated quantile of ascending values, as `numpy.quantile` has it. */
function quantile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const low = Math.floor(position);
  const below = sorted[low] ?? Number.NaN;
  return below + ((sorted[Math.min(low + 1, sorted.length - 1)] ?? Number.NaN) - below) * (position - low);
}
