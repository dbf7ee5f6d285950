import { BootstrapDraws } from './bootstrap-draws.js';
import { bootstrapGroups } from './bootstrap-groups.js';
import type { Interval } from './delong.js';

/** Bins of the expected calibration error. */
export const CALIBRATION_BINS = 15;

/**
 * Expected calibration error (Guo et al., ICML 2017): over bins ((i - 1) / 15, i / 15] of the confidence, the mean difference between accuracy and mean
 * confidence, each bin by its samples. In [0, 1]; with the percentiles of a bootstrap over the samples. `confidences` [n] in [0, 1], `isRight` [n] 0 or 1.
 * An ECE of samples is larger than that of their population, and a bootstrap's is so once more: its interval can lie above the value, and is
 * widened to hold it.
 */
export function calibrationError(
  confidences: ArrayLike<number>,
  isRight: Uint8Array,
  options: { readonly seed: number; readonly replicates: number },
): Interval {
  const n = confidences.length;
  if (n === 0 || isRight.length !== n)
    throw new RangeError(`${n} confidences and ${isRight.length} outcomes make no calibration error`);
  const thresholds = Float64Array.from(new Set(Array.from(confidences))).sort();
  const groupOf = new Map([...thresholds].map((value, group) => [value, group] as const));
  const binOf = Int32Array.from(thresholds, binOfConfidence);
  const idGroup = Int32Array.from(confidences, (value) => groupOf.get(value) ?? -1);
  const error = (samples: Float64Array, _none: Float64Array, wrong: Float64Array, at: Int32Array): number => {
    const surplus = new Float64Array(CALIBRATION_BINS);
    let total = 0;
    for (let group = 0; group < samples.length; group++) {
      total += samples[group];
      const right = samples[group] - wrong[group];
      surplus[binOf[at[group]]] += samples[group] * thresholds[at[group]] - right;
    }
    let found = 0;
    for (let bin = 0; bin < CALIBRATION_BINS; bin++) found += Math.abs(surplus[bin]);
    return found / total;
  };
  const [interval] = bootstrapGroups(
    { idGroup, oodGroup: new Int32Array(), thresholds },
    new BootstrapDraws(options.seed, options.replicates, n, 0),
    [error],
    { isWrong: isRight.map((right) => 1 - right) },
  );
  if (interval === undefined) throw new RangeError('no calibration error was measured');
  const { value, low, high } = interval;
  return { value, low: Math.min(low, value), high: Math.max(high, value) };
}

/** A confidence of 0 is in the first bin. Throws RangeError for what is no probability. */
function binOfConfidence(value: number): number {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`a confidence is ${value}, not from 0 to 1`);
  return Math.max(0, Math.ceil(value * CALIBRATION_BINS) - 1);
}
