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

/**
 * log10 of the two-sided tail P(|Z| > |z|), finite where the tail itself is below the smallest double (|z| > 38). Beyond 3 by
 * the continued fraction of Mills' ratio, Abramowitz and Stegun 26.2.14.
 */
export function log10TwoSidedTail(z: number): number {
  const a = Math.abs(z);
  if (a < 3) return Math.log10(2 * normalCdf(-a));
  return (Math.LN2 - (a * a) / 2 - Math.log(2 * Math.PI) / 2 - Math.log(millsFraction(a))) / Math.LN10;
}

/** 1 / Mills' ratio of the upper tail at `a`: density / tail. */
function millsFraction(a: number): number {
  let fraction = a;
  for (let k = 60; k >= 1; k--) fraction = a + k / fraction;
  return fraction;
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
    upper = density / millsFraction(a);
  }
  return x > 0 ? 1 - upper : upper;
}
