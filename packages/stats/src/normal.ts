/** Two-sided quantile z with P(|Z| <= z) = level, by bisection on `normalCdf`. */
export function twoSidedZ(level: number): number {
  let low = 0;
  let high = 10;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (2 * normalCdf(middle) - 1 < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Standard normal distribution function; series near 0, continued fraction in the tail; error below 1e-14. */
export function normalCdf(x: number): number {
  const a = Math.abs(x);
  if (a > 38) return x > 0 ? 1 : 0;
  const density = Math.exp((-a * a) / 2) / Math.sqrt(2 * Math.PI);
  let upper: number;
  if (a < 3) {
    let term = a;
    let total = a;
    for (let k = 1; Math.abs(term) > 1e-17 * total; k++) {
      term *= (a * a) / (2 * k + 1);
      total += term;
    }
    upper = 0.5 - density * total;
  } else {
    let fraction = a;
    for (let k = 60; k >= 1; k--) fraction = a + k / fraction;
    upper = density / fraction;
  }
  return x > 0 ? 1 - upper : upper;
}
