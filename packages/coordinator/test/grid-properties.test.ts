import type { Digest, ResolvedGrid } from '@oodgrid/contract';
import type { fitLogisticCv } from '@oodgrid/stats';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { UnitResult } from '../src/index.js';
import { planGrid } from '../src/index.js';
import { gridOfCell, randomGrid } from './properties/random-grid.js';
import { cellName, runGrid } from './properties/run-grid.js';

// The regression is a function of the features alone, and nearly the whole time of a small grid: these tests need any such function.
vi.mock('@oodgrid/stats', async (original) => ({
  ...(await original<typeof import('@oodgrid/stats')>()),
  fitLogisticCv: ({ features, labels }: Parameters<typeof fitLogisticCv>[0]) => {
    const { columns: d, data } = features;
    const coef = new Float64Array(d);
    for (const [i, value] of data.entries())
      coef[i % d] = (coef[i % d] ?? 0) + (labels[Math.floor(i / d)] === 1 ? value : -value);
    return { c: 1, coef, intercept: 0.5 };
  },
}));

const slice = fc.constantFrom(512, 1024, 4096);
const newCache = () => new Map<Digest, UnitResult>();

/** A number in [0, 1) each time, from a seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The same grid in another order of everything. */
const shuffled = (grid: ResolvedGrid): fc.Arbitrary<ResolvedGrid> => {
  const all = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length });
  return fc
    .record({
      rows: all(grid.rows),
      pairs: all(grid.pairs),
      models: all(grid.models),
      datasets: all(grid.datasets),
      auxiliaryModels: all(grid.auxiliaryModels),
    })
    .map((parts) => ({ ...grid, ...parts }));
};

it('each cell of a grid is what it is alone, in any order, on any workers, from the cache or not', async () => {
  const grids = randomGrid.chain((grid) =>
    fc.record({
      grid: fc.constant(grid),
      other: shuffled(grid),
      slices: fc.tuple(slice, slice, slice),
      seed: fc.nat(),
    }),
  );
  await fc.assert(
    fc.asyncProperty(grids, async ({ grid, other, slices, seed }) => {
      const random = randomOf(seed);
      const alone = newCache();
      const whole = newCache();
      const cells = await runGrid(grid, { slice: slices[0], cache: whole, random });
      const fromNothing = await runGrid(other, { slice: slices[1], cache: newCache(), random });
      expect(new Map(fromNothing)).toEqual(new Map(cells));
      for (const planned of planGrid(grid, slices[2]).cells) {
        const one = gridOfCell(grid, planned);
        const name = cellName(planned);
        const expected = new Map([[name, cells.get(name)]]);
        expect(await runGrid(one, { slice: slices[2], cache: newCache(), random })).toEqual(expected);
        expect(await runGrid(one, { slice: slices[2], cache: whole, random })).toEqual(expected);
        // One cache for all cells alone: none may find what is another's.
        expect(await runGrid(one, { slice: slices[1], cache: alone, random })).toEqual(expected);
      }
      expect(await runGrid(other, { slice: slices[2], cache: alone, random })).toEqual(cells);
      const reseeded = { ...grid, seed: grid.seed + 1 };
      const anew = await runGrid(reseeded, { slice: slices[0], cache: newCache(), random });
      expect(await runGrid(reseeded, { slice: slices[0], cache: whole, random })).toEqual(anew);
    }),
    { numRuns: 200 },
  );
}, 300_000);

it('no two cells of a grid share a file, on any file system', async () => {
  await fc.assert(
    fc.asyncProperty(randomGrid, async (grid) => {
      const cells = await runGrid(grid, { slice: 4096, cache: newCache(), random: () => 0 });
      const files = [...cells.values()].map(({ scores }) => scores.file.normalize('NFKC').toLowerCase());
      expect(new Set(files).size).toBe(files.length);
      expect(files.length).toBe(grid.rows.length * grid.pairs.length * grid.models.length);
    }),
    { numRuns: 100 },
  );
}, 120_000);
