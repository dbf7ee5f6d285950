import type { MethodPlan, ModelSpec, ResolvedDataset, ResolvedGrid, ResolvedRow } from '@oodgrid/contract';
import fc from 'fast-check';
import { digest, forward } from '../small-plan.js';

/** Names that join, fold, escape or normalise to each other, and names of any script. */
const name = fc.oneof(
  fc.constantFrom('a', 'b', 'a:b', 'b:c', 'c', 'x', 'y:z', 'x:y', 'z', 'a__b', 'a_b', 'a b', 'A', 'A_B'),
  fc.constantFrom(
    '..',
    '../a',
    '衣服',
    '数字',
    '😀',
    'é',
    'e\u0301',
    '__proto__',
    'constructor',
    'noise',
    '0',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
);
const names = (minLength: number, maxLength: number) => fc.uniqueArray(name, { minLength, maxLength });

/** Two pairs of names that join to one text, by whatever stands between. */
const twins = fc
  .constantFrom(':', ' vs ', ', ', '__', '/', '-', ' ', '","')
  .map((between) => ['x', `y${between}z`, `x${between}y`, 'z']);

/** Settings of a sweep: one to three, at one or two temperatures. */
const sweep = fc
  .record({
    magnitudes: fc.subarray([0.2, 0.02, 0.002, 0], { minLength: 1, maxLength: 3 }),
    temperatures: fc.subarray([1, 1000], { minLength: 1 }),
  })
  .map(({ magnitudes, temperatures }) => {
    const candidates = magnitudes.flatMap((magnitude) =>
      temperatures.map((temperature) => ({ magnitude, temperature })),
    );
    return { candidates, fallbackCandidate: candidates.length - 1 };
  });
const gradient = { splitOrder: 'permuted', pass: 'gradient' } as const;
const layers = ['layer0', 'layer1'];

/** Settings of a method that moves nothing: one, of which there is nothing to choose, or several. */
const forwardSweep = fc
  .subarray([1, 5, 50], { minLength: 1 })
  .map((list) => ({ candidates: list.map((k) => ({ k })), fallbackCandidate: list.length - 1 }));

/** A method, as the grid's methods are: what it fits on, sweeps, averages; also what none of today's is, a fit without a sweep. */
const method = (models: readonly string[]): fc.Arbitrary<MethodPlan> =>
  fc.oneof(
    fc.constant(forward),
    fc.constantFrom(2, 3).map((passes) => ({ ...forward, compute: 'mc-dropout', options: { passes } })),
    fc.shuffledSubarray([...models], { minLength: 1 }).map((members) => ({ ...forward, models: members })),
    sweep.map((settings) => ({ ...forward, ...gradient, ...settings, compute: 'odin' })),
    sweep.map(
      (settings): MethodPlan => ({
        ...forward,
        ...gradient,
        ...settings,
        compute: 'mahalanobis',
        fit: 'train',
        columns: layers,
      }),
    ),
    sweep.map(
      (settings): MethodPlan => ({
        ...forward,
        ...gradient,
        ...settings,
        compute: 'fssd',
        fit: { offset: 127.5 },
        columns: layers,
      }),
    ),
    fc.constant<MethodPlan>({
      ...forward,
      compute: 'fssd',
      fit: { offset: 127.5 },
      splitOrder: 'permuted',
      columns: layers,
    }),
    fc.constant<MethodPlan>({ ...forward, compute: 'mahalanobis', fit: 'train', columns: layers }),
    forwardSweep.map((settings): MethodPlan => ({ ...forward, ...settings, compute: 'knn', fit: 'train' })),
    fc.tuple(forwardSweep, fc.shuffledSubarray([...models], { minLength: 1 })).map(
      ([settings, members]): MethodPlan => ({
        ...forward,
        ...settings,
        compute: 'fssd',
        splitOrder: 'permuted',
        fit: { offset: 127.5 },
        columns: layers,
        models: members,
      }),
    ),
  );

// Few contents for many names: what is the same and what only looks the same meet all the time.
const COUNTS = [1001, 1010, 1033, 1600];
const content = fc.record({
  images: fc.nat(COUNTS.length - 1),
  train: fc.constantFrom('6', '7', '8'),
  mean: fc.constantFrom(0.25, 0.5),
});

function datasetOf(name: string, { images, train, mean }: { images: number; train: string; mean: number }) {
  return {
    name,
    test: { ref: { name: `${name}/test`, images: digest(`${images}`) }, count: COUNTS[images] ?? 0 },
    train: { ref: { name: `${name}/train`, images: digest(train) }, count: 300 },
    normalisation: { mean: [mean], std: [1] },
  } satisfies ResolvedDataset;
}

function modelOf(name: string, weights: string): ModelSpec {
  return { name, architecture: 'lenet', weights: digest(weights), classes: 10 };
}

function pairsOf(sets: readonly string[]): fc.Arbitrary<ResolvedGrid['pairs']> {
  const all = sets.flatMap((id) => sets.flatMap((ood) => (id === ood ? [] : [{ id, ood }])));
  const some = fc.shuffledSubarray(all, { minLength: 1, maxLength: Math.min(3, all.length) });
  const [a, b, c, d] = sets;
  if (a === undefined || b === undefined || c === undefined || d === undefined) return some;
  return fc.oneof(
    some,
    fc.constant([
      { id: a, ood: b },
      { id: c, ood: d },
    ]),
  );
}

/** Small grids of two to four data sets, one or two models, up to three pairs and four methods. */
export const randomGrid: fc.Arbitrary<ResolvedGrid> = fc
  .record({
    sets: fc.oneof({ weight: 3, arbitrary: names(2, 4) }, twins),
    models: names(1, 2),
    others: names(0, 2),
    rows: names(1, 4),
  })
  .map((grid) => ({ ...grid, others: grid.others.filter((one) => !grid.models.includes(one)) }))
  .chain(({ sets, models, others, rows }) =>
    fc
      .record({
        seed: fc.constantFrom(1, 42),
        contents: fc.tuple(...sets.map(() => content)),
        weights: fc.tuple(...[...models, ...others].map(() => fc.constantFrom('a', 'b', 'c'))),
        methods: fc.tuple(...rows.map(() => method([...models, ...others]))),
        noise: fc.tuple(...rows.map(() => fc.constantFrom('d', 'e'))),
        pairs: pairsOf(sets),
      })
      .map(({ seed, contents, weights, methods, noise, pairs }): ResolvedGrid => {
        const specs = [...models, ...others].map((one, i) => modelOf(one, weights[i] ?? 'a'));
        return {
          name: 'random',
          protocol: 'fssd-paper',
          seed,
          bootstrapReplicates: 4,
          models: specs.slice(0, models.length),
          auxiliaryModels: specs.slice(models.length),
          datasets: sets.map((one, i) => datasetOf(one, contents[i] ?? { images: 0, train: '6', mean: 0.5 })),
          pairs,
          rows: rows.map((row, i): ResolvedRow => {
            const plan = methods[i] ?? forward;
            return {
              row,
              title: row,
              plans: Object.fromEntries(models.map((one) => [one, plan])),
              fitSet:
                typeof plan.fit === 'string'
                  ? null
                  : { ref: { name: 'noise', images: digest(noise[i] ?? 'd') }, count: 100 },
            };
          }),
          memoryBytes: Object.fromEntries(specs.map(({ name }) => [name, 0])),
        };
      }),
  );

/** The grid with one cell alone. */
export function gridOfCell(
  grid: ResolvedGrid,
  cell: { readonly row: string; readonly id: string; readonly ood: string; readonly model: string },
): ResolvedGrid {
  const rows = grid.rows.filter(({ row }) => row === cell.row);
  const used = new Set(rows.flatMap(({ plans }) => plans[cell.model]?.models ?? []));
  return {
    ...grid,
    rows,
    models: grid.models.filter((model) => model.name === cell.model),
    auxiliaryModels: [...grid.models, ...grid.auxiliaryModels].filter(
      (model) => used.has(model.name) && model.name !== cell.model,
    ),
    datasets: grid.datasets.filter(({ name }) => name === cell.id || name === cell.ood),
    pairs: grid.pairs.filter(({ id, ood }) => id === cell.id && ood === cell.ood),
  };
}
