import { NumpyRandomState, type Placements, placementsOf, rankScores, rocMetrics } from '@oodgrid/stats';
import { describe, expect, it } from 'vitest';
import { planGrid } from '../src/index.js';
import { groupMeans, type MeanRow, meanGroups } from '../src/merger/group-means.js';
import { smallGrid } from './small-plan.js';

const SETS = [40, 25] as const;
const scores = (seed: number, n: number, shift: number) =>
  new NumpyRandomState(seed).randomSample(n).map((value) => value + shift);

/** A row on two OOD sets: 60 ID samples that are `quality` better than OOD ones. */
function row(method: string, quality: number, splitOrder: 'file' | 'permuted' = 'file') {
  const id = scores(1, 60, quality);
  const oods = SETS.map((m, set) => scores(10 + set, m, 0));
  const auroc = oods.map((ood) => rocMetrics(id, ood).auroc).reduce((a, b) => a + b, 0) / SETS.length;
  const own = oods.map((ood) => placementsOf(rankScores(id, ood)));
  const shared = oods.map((ood) => placementsOf(rankScores(id.slice(0, 30), ood.slice(0, 20))));
  const none: Placements[] = SETS.map(() => ({ id: new Uint32Array(), ood: new Uint32Array() }));
  const of = (kinds: Record<'own' | 'shared', Placements[]>): MeanRow => ({
    ...{ method, auroc, splitOrder },
    read: (kind) => kinds[kind],
  });
  return { auroc, row: of({ own, shared }), alone: of({ own, shared: none }) };
}

const where = { id: 'id', model: 'm', group: 'near' };

describe('means over a group', () => {
  it('are of the AUROCs on its sets, tested against the highest', () => {
    const [good, better] = [row('good', 0.2), row('better', 0.5)];
    const [first, second] = [...groupMeans(where, [good.row, better.row])];
    expect(first).toMatchObject({ ...where, method: 'good' });
    expect(first?.auroc.value).toBeCloseTo(good.auroc, 12);
    expect(second?.auroc.value).toBeCloseTo(better.auroc, 12);
    expect(first?.auroc.low).toBeLessThan(good.auroc);
    expect(second?.toBest).toBeNull();
    expect(first?.toBest?.difference).toBeCloseTo(good.auroc - better.auroc, 12);
    expect(first?.toBest).toMatchObject({ samplesId: 60, samplesOod: 65 });
    expect(first?.toBest?.p).toBeLessThan(0.05);
  });

  it('of rows of two orders are tested on the samples that both have, and not at all without any', () => {
    const best = row('best', 0.5);
    const other = row('other', 0.2, 'permuted');
    const [, tested] = [...groupMeans(where, [best.row, other.row])];
    expect(tested?.toBest).toMatchObject({ samplesId: 30, samplesOod: 40 });
    expect([...groupMeans(where, [best.alone, other.alone])][1]?.toBest).toBeNull();
  });

  it('have the cells of the pairs of a group, method by method', () => {
    const { cells } = planGrid(smallGrid(), 512);
    const pairs = smallGrid().pairs.map((pair) => ({ ...pair, group: 'far' }));
    const groups = meanGroups(cells, pairs);
    expect(groups).toHaveLength(smallGrid().models.length);
    for (const { group, rows, model } of groups) {
      expect(group).toBe('far');
      for (const own of rows) {
        expect(own.map((cell) => cells[cell]?.model)).toEqual(pairs.map(() => model));
        expect(new Set(own.map((cell) => cells[cell]?.row)).size).toBe(1);
      }
    }
    expect(meanGroups(cells, smallGrid().pairs)).toEqual([]);
  });
});
