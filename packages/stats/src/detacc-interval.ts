import type { Interval } from './delong.js';
import { squareAndAdd } from './square-and-add.js';
import { wilsonInterval } from './wilson.js';

/**
 * Limits of the detection accuracy (TPR + TNR) / 2 at its best threshold, by Wilson's intervals of TPR and TNR there, added in squares:
 * Shan, "Improved Confidence Intervals for the Youden Index", PLoS ONE 10(7), 2015. The best threshold is chosen by the samples themselves, which
 * flatters: where Smirnov's test would not tell the sides apart, the lower limit is that of guessing, 1/2.
 */
export function detaccInterval(
  { n, m, idAbove, oodAbove }: { n: number; m: number; idAbove: number; oodAbove: number },
  bootstrap: Interval,
  level: number,
): Pick<Interval, 'low' | 'high'> {
  const tpr = wilsonInterval(idAbove, n, level);
  const tnr = wilsonInterval(m - oodAbove, m, level);
  const youden = tpr.value + tnr.value - 1;
  const { low, high } = squareAndAdd(youden, [tpr, tnr]);
  // One-sided: P(sqrt(n m / (n + m)) D > x) = exp(-2 x^2).
  const chance = Math.sqrt((Math.log(2 / (1 - level)) / 2) * (1 / n + 1 / m));
  const optimism = Math.max(
    1 / (4 * n) + 1 / (4 * m),
    (bootstrap.low + bootstrap.high) / 2 - bootstrap.value,
  );
  return { low: Math.max(0.5, youden <= chance ? 0 : (1 + low) / 2 - optimism), high: (1 + high) / 2 };
}
