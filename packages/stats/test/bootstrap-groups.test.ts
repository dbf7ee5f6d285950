import { expect, it } from 'vitest';
import {
  auprOfCounts,
  BootstrapDraws,
  bootstrapGroups,
  bootstrapRanked,
  detectionAccuracyOfCounts,
  fprAtTprOfCounts,
  NumpyRandomState,
  rankScores,
} from '../src/index.js';

it('a metric of counts by group has the interval that the rank walk gives it, with ties and without', () => {
  const random = new NumpyRandomState(3).randomSample(700);
  for (const steps of [9, 1e9]) {
    const score = (shift: number) => (x: number) => Math.round(steps * (x + shift)) / steps;
    const ranked = rankScores(random.slice(0, 400).map(score(0.3)), random.slice(400).map(score(0)));
    const draws = new BootstrapDraws(7, 200, 400, 300);
    const found = bootstrapGroups(ranked, draws, [
      (id, ood) => auprOfCounts(id, ood, 'id'),
      (id, ood) => auprOfCounts(id, ood, 'ood'),
      (id, ood) => fprAtTprOfCounts(id, ood, 0.95),
      detectionAccuracyOfCounts,
    ]);
    const [walked] = bootstrapRanked([ranked], draws);
    for (const [i, key] of (['auprIn', 'auprOut', 'fpr95', 'detacc'] as const).entries()) {
      for (const end of ['value', 'low', 'high'] as const)
        expect(found[i]?.[end], `${key} ${end}`).toBeCloseTo(walked?.[key][end] ?? Number.NaN, 12);
    }
  }
});
