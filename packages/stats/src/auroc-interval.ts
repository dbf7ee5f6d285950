import { delongOfPlacements, type Interval, type Placements } from './delong.js';
import { twoSidedZ } from './normal.js';
import { stratifiedDelong } from './stratified-delong.js';

/**
 * AUROC with a confidence interval that has its coverage at the border too. DeLong's variance is made of what was seen: where no
 * sample, or only a few, are misranked it is 0 or nearly so, and the interval a point. There the score interval of Newcombe
 * takes over: it asks which true values would make the one that was seen no surprise. The interval is the
 * union of both, so it holds the truth at least as often as either; away from the border the two nearly agree. One sample a side
 * gives [0.21, 1] at AUROC 1: little is known, and it says so.
 */
export function aurocInterval(placements: Placements, level = 0.95): Interval {
  const { value, low, high } = delongOfPlacements(placements, level);
  const score = scoreInterval(value, placements.id.length, placements.ood.length, twoSidedZ(level));
  // The variance of one sample a side is no number.
  return {
    value,
    low: Number.isFinite(low) ? Math.min(low, score.low) : score.low,
    high: Number.isFinite(high) ? Math.max(high, score.high) : score.high,
  };
}

/**
 * The same for the mean of several OOD sets' AUROCs on the same ID samples. At the border the score intervals of the sets are added in squares, as if their
 * errors were independent.
 */
export function meanAurocInterval(sets: readonly Placements[], level = 0.95): Interval {
  const { value, low, high } = stratifiedDelong(sets, level);
  const z = twoSidedZ(level);
  const scores = sets.map((placements) => {
    const own = delongOfPlacements(placements, level).value;
    const score = scoreInterval(own, placements.id.length, placements.ood.length, z);
    return { below: own - score.low, above: score.high - own };
  });
  const border = {
    low: value - Math.hypot(...scores.map(({ below }) => below)) / sets.length,
    high: value + Math.hypot(...scores.map(({ above }) => above)) / sets.length,
  };
  return {
    value,
    low: Math.max(0, Number.isFinite(low) ? Math.min(low, border.low) : border.low),
    high: Math.min(1, Number.isFinite(high) ? Math.max(high, border.high) : border.high),
  };
}

/**
 * Method 5 of Newcombe, "Confidence intervals for an effect size measure based on the Mann-Whitney statistic", Part 2, Statistics in Medicine
 * 25, 2006: the values t with |value - t| <= z sqrt(V(t)), V the variance of Hanley and McNeil (1982) with the mean of both sizes.
 */
function scoreInterval(value: number, m: number, n: number, z: number) {
  const extra = (m + n) / 2 - 1;
  const deviation = (t: number) =>
    z * Math.sqrt((t * (1 - t) * (1 + extra * ((1 - t) / (2 - t) + t / (1 + t)))) / (m * n));
  return {
    low: border(0, value, (t) => value - t > deviation(t)),
    high: border(1, value, (t) => t - value > deviation(t)),
  };
}

/** Finds by bisection the point between an end of the range and the value at which `isOutside` changes. */
function border(end: number, value: number, isOutside: (t: number) => boolean): number {
  let outside = end;
  let inside = value;
  for (let step = 0; step < 60; step++) {
    const middle = (outside + inside) / 2;
    if (isOutside(middle)) outside = middle;
    else inside = middle;
  }
  return inside;
}
