import { normalValues } from './random.js';
import type { SmallModel } from './score-alone.js';

const CLASSES = 4;
const PER_CLASS = 3;
/** Units that no class drives: W spreads over them what it learned by chance. */
const NOISE_UNITS = 12;
const D = CLASSES * PER_CLASS + NOISE_UNITS;

export interface TwoPopulations {
  readonly train: SmallModel;
  readonly id: SmallModel;
  readonly ood: SmallModel;
}

/**
 * Features of a Gaussian mixture with a mean for each class, and OOD that lies off all of them: the units of no class are driven more than
 * those of another, while the units that only noise drives are far more active than for any ID sample.
 */
export function twoPopulations(perSet: number): TwoPopulations {
  const noise = normalValues(23, CLASSES * D + 3 * perSet * D);
  let used = 0;
  const next = (): number => noise[used++] ?? Number.NaN;
  const isOwn = (c: number, j: number): boolean => Math.floor(j / PER_CLASS) === c;
  const weight = Array.from({ length: CLASSES }, (_, c) =>
    Array.from({ length: D }, (_, j) => (j >= CLASSES * PER_CLASS ? next() : isOwn(c, j) ? 1 : -0.2)),
  );
  const bias = Array.from({ length: CLASSES }, () => 0);
  const set = (mean: (i: number, j: number) => number): SmallModel => {
    const h = Array.from({ length: perSet }, (_, i) =>
      Array.from({ length: D }, (_, j) => Math.max(0, mean(i, j) + 0.3 * next())),
    );
    const z = h.map((row) =>
      weight.map((w) => w.reduce((sum, value, j) => sum + value * (row[j] ?? Number.NaN), 0)),
    );
    return { h, z, head: { weight, bias }, labels: h.map((_, i) => i % CLASSES) };
  };
  const ofClass = (i: number, j: number): number => (isOwn(i % CLASSES, j) ? 2 : 0);
  const ofNone = (_: number, j: number): number => (j >= CLASSES * PER_CLASS ? 1 : 0.5);
  return { train: set(ofClass), id: set(ofClass), ood: set(ofNone) };
}
