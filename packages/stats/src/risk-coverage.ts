/**
 * Metrics of a classifier that may decline, from counts by group of equal scores, highest score first: samples whose prediction is right,
 * and failures, which are all others. The share of samples that is accepted is the coverage. O(groups). Groups without a sample are
 * passed over, so that resampled counts may have some.
 */

/**
 * Area under the risk-coverage curve (Geifman and El-Yaniv, NeurIPS 2017), in [0, 1], lower is better: at each coverage the share of failures among
 * the accepted samples, one point per distinct score, joined by straight lines, and at coverages below the first point its risk.
 */
export function aurcOfCounts(right: Float64Array, failed: Float64Array): number {
  const total = sum(right) + sum(failed);
  let [accepted, failures, area] = [0, 0, 0];
  let last: number | undefined;
  for (let group = 0; group < right.length; group++) {
    const here = right[group] + failed[group];
    if (here === 0) continue;
    accepted += here;
    failures += failed[group];
    const risk = failures / accepted;
    area += (here / total) * (((last ?? risk) + risk) / 2);
    last = risk;
  }
  return area;
}

/**
 * AURC beyond that of scores that rank every failure last (Geifman et al., ICLR 2019), which is e + (1 - e) ln(1 - e) where a share e are failures.
 * Straight lines between few points can lie below that curve: 0 then.
 */
export function excessAurcOfCounts(right: Float64Array, failed: Float64Array): number {
  const correct = sum(right) / (sum(right) + sum(failed));
  const least = 1 - correct + (correct === 0 ? 0 : correct * Math.log(correct));
  return Math.max(0, aurcOfCounts(right, failed) - least);
}

/**
 * Area under the generalised-risk-coverage curve (Traub et al., NeurIPS 2024), in [0, 1/2], lower is better: at each coverage the share of all samples
 * that are accepted failures. Straight lines over equal scores are what a random order of them has on the average.
 */
export function augrcOfCounts(right: Float64Array, failed: Float64Array): number {
  const total = sum(right) + sum(failed);
  let [failures, area] = [0, 0];
  for (let group = 0; group < right.length; group++) {
    area += (right[group] + failed[group]) * (failures + failed[group] / 2);
    failures += failed[group];
  }
  return area / total ** 2;
}

/**
 * Area under the open-set classification rate (Dhamija et al., NeurIPS 2018), in [0, 1]: the share of ID samples that are accepted and rightly classified,
 * over the share of OOD samples that are accepted; half of the pairs with equal scores count, as in the AUROC.
 */
export function oscrOfCounts(right: Float64Array, id: Float64Array, ood: Float64Array): number {
  let [above, area] = [0, 0];
  for (let group = 0; group < right.length; group++) {
    area += ood[group] * (above + right[group] / 2);
    above += right[group];
  }
  return area / (sum(id) * sum(ood));
}

function sum(counts: Float64Array): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i];
  return total;
}
