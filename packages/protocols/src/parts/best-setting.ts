import type { Selected, Sweep } from '../protocol.js';

/** The setting of the highest value, the first among equals; the method's own where none is above 0. */
export function bestSetting(
  { candidates, fallback }: Pick<Sweep, 'candidates' | 'fallback'>,
  criterionOf: (candidate: number) => number,
): Selected {
  const values = Array.from(candidates, (_, candidate) => criterionOf(candidate));
  const best = Math.max(...values);
  const isFallback = !(best > 0);
  return { candidate: isFallback ? fallback : values.indexOf(best), isFallback, values };
}
