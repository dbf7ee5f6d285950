/**
 * Returns bounds on the number of successes of `n` draws, true all but about `1 - level` of the time: the smallest `high` and the largest `low` such that more than
 * `high`, and fewer than `low`, each have a probability of at most (1 - level) / 2. `share` in (0, 1).
 */
export function binomialRange(n: number, share: number, level: number): { low: number; high: number } {
  const tail = (1 - level) / 2;
  const odds = Math.log((1 - share) / share);
  let logTerm = n * Math.log(share);
  let atLeast = 0;
  let high = n;
  for (let k = n; k > 0; k--) {
    if (atLeast <= tail) high = k;
    atLeast += Math.exp(logTerm);
    if (atLeast >= 1 - tail) return { low: k, high };
    logTerm += Math.log(k / (n - k + 1)) + odds;
  }
  return { low: 0, high };
}
