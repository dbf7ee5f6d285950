import { digestSchema, type Work, workSchema } from '@oodgrid/contract';
import { listDatasets } from '@oodgrid/datasets';
import { parseGrid } from '@oodgrid/grid';
import { METHODS } from '@oodgrid/methods';
import { listModels } from '@oodgrid/models';
import { PROTOCOLS } from '@oodgrid/protocols';
import { CITES } from '@oodgrid/stats';
import { describe, expect, it } from 'vitest';
import { withKeys } from '../src/grid/citation-keys.js';
import { gridReferences } from '../src/grid/grid-references.js';

const work = (authors: string, title: string, year = 2026): Work => ({ authors, title, year });
const keysOf = (...works: Work[]) => withKeys(works).map(({ key }) => key);

describe('the key of a work', () => {
  it('is the last name, the year and the first word that tells something', () => {
    expect(
      keysOf(
        work('Jane Doe and John Roe', 'On the Entropy of Things'),
        work('Krüger, Léon', 'Énergie: une mesure', 2020),
        work('Yiyou Sun', 'Out-of-Distribution Detection', 2022),
        work('李', '深度', 2021),
      ),
    ).toEqual(['doe2026entropy', 'kruger2020energie', 'sun2022out', 'anonymous2021']);
  });

  it('stays the same whatever else is cited, but for a work that would have the same', () => {
    const one = work('Jane Doe', 'Entropy for All');
    const other = work('John Doe', 'Entropy for None');
    expect(keysOf(one, work('Jane Doe', 'Energy for All'))[0]).toBe('doe2026entropy');
    const both = keysOf(one, other);
    expect(new Set(both).size).toBe(2);
    expect(keysOf(other, one)).toEqual([...both].reverse());
    for (const key of both) expect(key).toMatch(/^doe2026entropy-[0-9a-f]{6}$/);
  });
});

it('every citation of the catalogs is complete, and no two works share a key', () => {
  const cited = [
    ...METHODS.map(({ name, card: { cites } }) => {
      if (cites === undefined) throw new Error(`${name} cites nothing`);
      const { at: _at, ...work } = cites;
      return work;
    }),
    ...PROTOCOLS.flatMap(({ cites }) => cites ?? []),
    ...listDatasets().map(({ cites }) => cites),
    ...listModels().map(({ cites }) => cites),
    ...Object.values(CITES),
  ];
  for (const one of cited) expect(workSchema.parse(one)).toEqual(one);
  const titles = new Map(withKeys(cited).map(({ key, title }) => [title, key.replace(/-[0-9a-f]{6}$/, '')]));
  expect(new Set(titles.values()).size).toBe(titles.size);
});

describe('the references of a grid', () => {
  const card = listModels().find(({ name }) => name === 'lenet-fmnist');
  const grid = parseGrid(
    `
protocol: fssd-paper
models: [lenet-fmnist]
pairs: [{ id: fashion-mnist, ood: mnist-10k }]
methods: [baseline, fssd, { name: fssd, as: plain, preprocessing: false }, knn]
`,
    'grid.yaml',
    { models: ['lenet-fmnist'], datasets: ['fashion-mnist', 'mnist-10k'] },
  );
  const model = {
    name: 'mine',
    architecture: 'lenet',
    classes: 10,
    weights: digestSchema.parse(card?.sha256),
  };
  const of = (datasets: Parameters<typeof gridReferences>[2]) =>
    gridReferences(grid, [model], datasets, METHODS);
  const references = of([
    { name: 'fashion-mnist', reference: 'fashion-mnist', isId: true },
    { name: 'mnist-10k', reference: 'mnist-10k', isId: false },
  ]);

  it('have each work once, with all that it was used for', () => {
    expect(references.map(({ key }) => key)).toEqual([
      'huang2020feature',
      'hendrycks2017baseline',
      'sun2022out',
      'xiao2017fashion',
      'lecun1998gradient',
      'delong1988comparing',
      'newcombe2006confidence',
      'efron1979bootstrap',
      'wilson1927probable',
    ]);
    expect(references[0]?.uses).toEqual([
      { kind: 'protocol', name: 'fssd-paper' },
      { kind: 'method', name: 'fssd' },
      { kind: 'model', name: 'mine', licence: 'MIT' },
    ]);
    expect(references[2]?.uses).toEqual([{ kind: 'method', name: 'knn', at: 'section 3' }]);
  });

  it("have nothing of a user's own folder that is called like a set of the catalog", () => {
    const own = of([{ name: 'fashion-mnist', reference: { dir: '/data/fashion-mnist' }, isId: true }]);
    expect(own.map(({ key }) => key)).not.toContain('xiao2017fashion');
  });
});
