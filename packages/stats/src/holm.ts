/**
 * Holm's step-down adjustment (Scandinavian Journal of Statistics 6, 1979) of log10 p-values, as log10 of the adjusted ones, in the order
 * given; -Infinity is a p of exactly 0. `family` is how many hypotheses there are in all: those without a p-value here count as if theirs
 * were 1, which can only raise the others. Logarithms, because a p below the smallest double is still a p.
 */
export function holmLog10(log10P: readonly number[], family: number = log10P.length): number[] {
  if (family < log10P.length) throw new RangeError(`a family of ${family} has not ${log10P.length} tests`);
  const order = [...log10P.keys()].sort((a, b) => (log10P[a] ?? 0) - (log10P[b] ?? 0));
  const adjusted = new Array<number>(log10P.length);
  let highest = Number.NEGATIVE_INFINITY;
  for (const [rank, test] of order.entries()) {
    const own = (log10P[test] ?? Number.NaN) + Math.log10(family - rank);
    highest = Math.max(highest, Math.min(0, own));
    adjusted[test] = highest;
  }
  return adjusted;
}
