import type { Interval } from './delong.js';
import { twoSidedZ } from './normal.js';

/**
 * Wilson's score interval of a share: sensible at 0 and 1 and for few samples, where the usual one collapses.
 * Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.
 */
export function wilsonInterval(successes: number, samples: number, level = 0.95): Interval {
  const z = twoSidedZ(level);
  const value = successes / samples;
  const scale = 1 + z ** 2 / samples;
  const centre = (value + z ** 2 / (2 * samples)) / scale;
  const half = (z / scale) * Math.sqrt((value * (1 - value)) / samples + (z / samples) ** 2 / 4);
  return {
    value,
    // At the border the formula gives the border, up to rounding.
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === samples ? 1 : Math.min(1, centre + half),
  };
}
