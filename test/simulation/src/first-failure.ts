import { simulate } from './simulate.js';

/** First of the seeds from 0 that fails, with its failure. */
export function firstFailure(seeds: number): { readonly seed: number; readonly failure: string } | undefined {
  for (let seed = 0; seed < seeds; seed++) {
    const { failure } = simulate(seed);
    if (failure !== undefined) return { seed, failure };
  }
  return undefined;
}
