import { type Rates, ratesOf } from './rates.js';
import { simulate } from './simulate.js';

/** First of the seeds from 0 that fails, with its failure. `more`: what happens in all of them. */
export function firstFailure(
  seeds: number,
  more: Partial<Rates> = {},
): { readonly seed: number; readonly failure: string } | undefined {
  for (let seed = 0; seed < seeds; seed++) {
    const { failure } = simulate(seed, { ...ratesOf(seed), ...more });
    if (failure !== undefined) return { seed, failure };
  }
  return undefined;
}
