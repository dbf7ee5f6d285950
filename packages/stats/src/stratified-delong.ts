import {
  type DelongAuroc,
  mean,
  minus,
  normalTest,
  type PairedTest,
  type Placements,
  shares,
  varianceOf,
} from './delong.js';
import { twoSidedZ } from './normal.js';

/** What each ID sample, and each OOD sample of every set, adds to the unweighted mean of the sets' AUROCs. */
interface Parts {
  /** Mean over the sets [n]: the ID samples are those of every set. */
  readonly id: Float64Array;
  /** [m] of each set. */
  readonly ood: readonly Float64Array[];
}

/**
 * Unweighted mean of the AUROCs of OOD sets that are tested with the same ID samples, in the same order, with the interval of DeLong's structural components
 * (Biometrics 44, 1988): what ID samples contribute to the sets is averaged before its variance is taken, which keeps the covariance that
 * they share; OOD sets are independent. Clipped to [0, 1]. One set has the numbers of `delongOfPlacements`.
 */
export function stratifiedDelong(sets: readonly Placements[], level = 0.95): DelongAuroc {
  const parts = partsOf(sets);
  const value = mean(parts.id);
  const variance = varianceOfMean(parts);
  const half = twoSidedZ(level) * Math.sqrt(variance);
  return { value, variance, low: Math.max(0, value - half), high: Math.min(1, value + half) };
}

/** The paired test of two methods' means over the same sets. */
export function stratifiedPaired(a: readonly Placements[], b: readonly Placements[]): PairedTest {
  const [ofA, ofB] = [partsOf(a), partsOf(b)];
  const isSame =
    ofA.id.length === ofB.id.length &&
    ofA.ood.length === ofB.ood.length &&
    ofA.ood.every((own, set) => own.length === ofB.ood[set].length);
  if (!isSame) throw new RangeError('a paired test needs the same samples for both methods');
  const difference = mean(ofA.id) - mean(ofB.id);
  const ood = ofA.ood.map((own, set) => minus(own, ofB.ood[set]));
  return normalTest(difference, varianceOfMean({ id: minus(ofA.id, ofB.id), ood }));
}

function varianceOfMean({ id, ood }: Parts): number {
  let variance = varianceOf(id) / id.length;
  for (const own of ood) variance += varianceOf(own) / own.length / ood.length ** 2;
  return variance;
}

function partsOf(sets: readonly Placements[]): Parts {
  const [first] = sets;
  if (first === undefined) throw new RangeError('a mean needs a set');
  const id = new Float64Array(first.id.length);
  const ood: Float64Array[] = [];
  for (const placements of sets) {
    if (placements.id.length !== id.length)
      throw new RangeError('a mean over sets needs the same ID samples');
    const own = shares(placements);
    for (let i = 0; i < id.length; i++) id[i] += own.id[i];
    ood.push(own.ood);
  }
  for (let i = 0; i < id.length; i++) id[i] /= sets.length;
  return { id, ood };
}
