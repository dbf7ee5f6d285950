import { normalCdf } from './normal.js';

/** Intervals of Simpson's rule over [-9, 9], beyond which the normal density is below 1e-18. */
const STEPS = 720;
const REACH = 9;

/**
 * P(range of `k` independent standard normals > q): the upper tail of the studentized range with infinite degrees of freedom,
 * k * integral of density(z) * (cdf(z) - cdf(z - q))^(k - 1). Absolute error below 1e-12.
 */
export function normalRangeTail(q: number, k: number): number {
  if (q <= 0) return 1;
  const step = (2 * REACH) / STEPS;
  let total = 0;
  for (let i = 0; i <= STEPS; i++) {
    const z = -REACH + i * step;
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const weight = i === 0 || i === STEPS ? 1 : i % 2 === 1 ? 4 : 2;
    total += weight * density * (normalCdf(z) - normalCdf(z - q)) ** (k - 1);
  }
  return Math.min(1, Math.max(0, 1 - (k * total * step) / 3));
}

/** The q that the range of `k` independent standard normals exceeds with probability `alpha`, by bisection. */
export function normalRangeQuantile(alpha: number, k: number): number {
  let low = 0;
  let high = 20;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalRangeTail(middle, k) > alpha) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
