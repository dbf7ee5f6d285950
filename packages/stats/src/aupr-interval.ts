import type { Interval } from './delong.js';
import { normalCdf } from './normal.js';

/** The trapezoidal rule on what falls off as a normal density does: this step leaves an error below 1e-9. */
const STEP = 1 / 4;
const REACH = 8;
/** Scores of positives around their mean, their weight in an integral, and the recall there. */
const POINTS = Array.from({ length: (2 * REACH) / STEP + 1 }, (_, i) => {
  const u = i * STEP - REACH;
  return { u, weight: (STEP * Math.exp((-u * u) / 2)) / Math.sqrt(2 * Math.PI), recall: normalCdf(u) };
});

/**
 * Limits of an area under the precision-recall curve from those of the AUROC: as far from the value as, on the binormal curve of equal
 * variances with that AUROC, the areas with the AUROC's limits are. Near the border the area is what the AUROC is, to first order: precision
 * is 1 minus the few negatives above, over the positives.
 *
 * `ratio`: negative samples for each positive one. `optimism`: what the step curve of few samples has too much.
 */
export function auprInterval(
  value: number,
  auroc: Interval,
  ratio: number,
  optimism: number,
): Pick<Interval, 'low' | 'high'> {
  const at = binormalAupr(auroc.value, ratio);
  return {
    low: value - (at - binormalAupr(auroc.low, ratio)) - optimism,
    high: value + (binormalAupr(auroc.high, ratio) - at),
  };
}

/** Area under the precision-recall curve where scores are normal with one variance and have this AUROC. */
export function binormalAupr(auroc: number, ratio: number): number {
  if (auroc >= 1) return 1;
  const shift = Math.SQRT2 * normalQuantile(auroc);
  let area = 0;
  for (const { u, weight, recall } of POINTS) {
    area += (weight * recall) / (recall + ratio * normalCdf(u - shift));
  }
  return area;
}

/** By halving. */
function normalQuantile(p: number): number {
  let low = -9;
  let high = 9;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
