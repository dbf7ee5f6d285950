import type { Interval } from './delong.js';

type Limits = Pick<Interval, 'low' | 'high'>;

/**
 * Limits of a sum from those of its parts, which err independently: each part's distance from its limit is squared, and the squares added. It
 * keeps the shape of score intervals, which are not symmetric. Newcombe, "Interval estimation for the difference between independent
 * proportions", Statistics in Medicine 17, 1998, method 10; Zou and Donner, Statistics in Medicine 27, 2008 (MOVER).
 */
export function squareAndAdd(value: number, parts: readonly Interval[]): Limits {
  return {
    low: value - Math.hypot(...parts.map((part) => part.value - part.low)),
    high: value + Math.hypot(...parts.map((part) => part.high - part.value)),
  };
}
