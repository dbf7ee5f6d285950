/** Two-parameter Weibull distribution: P(X <= x) = 1 - exp(-(x / scale)^shape) for x > 0. */
export interface Weibull {
  readonly shape: number;
  readonly scale: number;
}

const MAX_STEPS = 200;

/**
 * Maximum-likelihood fit to positive values, float64. The shape k solves sum x^k log x / sum x^k - 1/k = mean log x, whose left side rises in k, by
 * Newton's steps within a bracket; the scale follows. Undefined where fewer than two values differ: the likelihood then has no maximum.
 */
export function fitWeibull(values: ArrayLike<number>): Weibull | undefined {
  const logs = Array.from(values, Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const most = logs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!logs.some((log) => log < most)) return undefined;

  /** Of the weights x^k, scaled so that the largest is 1: their sum, and means of log x and its square. */
  const momentsAt = (k: number) => {
    let [sum, first, second] = [0, 0, 0];
    for (const log of logs) {
      const weight = Math.exp(k * (log - most));
      sum += weight;
      first += weight * log;
      second += weight * log * log;
    }
    return { sum, first: first / sum, second: second / sum };
  };
  let [low, high, k] = [0, Number.POSITIVE_INFINITY, 1];
  for (let step = 0; step < MAX_STEPS; step++) {
    const { first, second } = momentsAt(k);
    const excess = first - 1 / k - mean;
    if (excess > 0) high = k;
    else low = k;
    const newton = k - excess / (second - first * first + 1 / (k * k));
    const inside = newton > low && newton < high;
    const next = inside ? newton : high === Number.POSITIVE_INFINITY ? 2 * k : (low + high) / 2;
    if (Math.abs(next - k) <= 1e-13 * k) break;
    k = next;
  }
  const scale = Math.exp(most + Math.log(momentsAt(k).sum / logs.length) / k);
  return Number.isFinite(scale) && Number.isFinite(k) ? { shape: k, scale } : undefined;
}
