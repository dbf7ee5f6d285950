import type { Fault } from './faults.js';
import { type Rates, ratesOf } from './rates.js';
import { Violation } from './violation.js';
import { World } from './world.js';

export interface SeedOutcome {
  readonly faults: ReadonlyMap<Fault, number>;
  readonly total: number;
  /** The rule that was broken; undefined when every rule held. */
  readonly failure: string | undefined;
}

/** Runs one seed. Whatever it throws is the seed's failure: bugs of the system under test as well. */
export function simulate(seed: number, rates: Rates = ratesOf(seed)): SeedOutcome {
  const world = new World(seed, rates);
  let failure: string | undefined;
  try {
    world.run();
  } catch (thrown) {
    failure = thrown instanceof Violation ? thrown.message : String((thrown as Error).stack ?? thrown);
  }
  return { faults: world.faults.counts, total: world.faults.total, failure };
}
