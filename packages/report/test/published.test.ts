import type { Results } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { publishedTables, publishedText } from '../src/index.js';
import { OPENOOD_V15 } from '../src/published/openood-v15.js';
import { sampleCell, sampleResults } from './sample-results.js';

const NEAR = ['cifar100', 'tin'];
const FAR = ['mnist', 'svhn', 'texture', 'places365'];

/** AUROC of each method on every set of a group. */
function run(
  id: string,
  rows: Readonly<Record<string, readonly [near: number, far: number]>>,
  sets = { near: NEAR, far: FAR },
): Results {
  const groups = (['near', 'far'] as const).flatMap((group) =>
    sets[group].map((ood) => ({ id, ood, group: group as string })),
  );
  const cells = Object.entries(rows).flatMap(([method, [near, far]]) =>
    groups.map(({ ood, group }) => ({
      ...sampleCell(method, method, group === 'near' ? near : far, 0.5),
      ...{ id, ood },
    })),
  );
  return { ...sampleResults(), cells, groups, comparisons: [], trainingSeeds: [], accuracies: [] };
}

describe('published numbers', () => {
  it('stand beside the means of a run whose ID set has the name of a benchmark, whatever its case and dashes', () => {
    const [table, ...others] = publishedTables(
      run('CIFAR-10', { energy: [0.8858, 0.9021], knn: [0.9, 0.9], mine: [0.5, 0.6] }),
    );
    expect(others).toEqual([]);
    expect(table).toMatchObject({ benchmark: 'cifar10', differences: [] });
    const row = (method: string) => table?.rows.find((one) => one.method === method);
    expect(row('energy')).toMatchObject({
      published: 'EBO',
      near: { published: { mean: 87.58, sd: 0.46 } },
      far: { published: { mean: 91.21, sd: 0.92 } },
    });
    expect(row('energy')?.near.here?.mean).toBeCloseTo(0.8858, 12);
    expect(row('mine')).toMatchObject({ published: null, near: { published: null } });
    // A method that is published alone, of one run.
    expect(table?.rows.find(({ title }) => title === 'NCI')).toMatchObject({
      method: null,
      near: { here: null, published: { mean: 88.86, sd: null } },
    });
    const text = publishedText(table === undefined ? [] : [table]);
    expect(text).toMatch(/energy +88\.58 +87\.58 ± 0\.46 +\+1\.00 +90\.21 +91\.21 ± 0\.92 +-1\.00/);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('published 95.06 ± 0.30');
    for (const line of publishedText(table === undefined ? [] : [table], 60).split('\n'))
      expect(line.startsWith('https://') ? 0 : line.length).toBeLessThanOrEqual(60);
  });

  it('say which OOD sets are not the same', () => {
    const sets = { near: ['near_tin', 'other'], far: FAR };
    const [table] = publishedTables(run('cifar10', { knn: [0.9, 0.9] }, sets));
    expect(table?.differences).toEqual(['near: not here cifar100', 'near: only here other']);
    expect(publishedText(table === undefined ? [] : [table]).replaceAll(/\s+/g, ' ')).toContain(
      'THE SETS ARE NOT THE SAME (near: not here cifar100; near: only here other).',
    );
  });

  it('are refused where the run is of no benchmark, of a misspelt one, or has no such groups', () => {
    const rows = { knn: [0.9, 0.9] } as const;
    expect(() => publishedTables(run('clothes', rows))).toThrow(
      'its ID sets are "clothes", numbers are there for cifar10, cifar100, imagenet200, imagenet1k; say by --benchmark',
    );
    expect(publishedTables(run('clothes', rows), 'cifar10')).toHaveLength(1);
    expect(() => publishedTables(run('cifar10', rows), 'cifar01')).toThrow('did you mean "cifar10"?');
    expect(() => publishedTables(run('cifar10', rows, { near: NEAR, far: [] }))).toThrow(
      '"cifar10" has no OOD sets of the group far',
    );
    const spectrum = {
      ...run('cifar10', rows),
      protocol: { name: 'openood', criterion: null, fullSpectrum: ['c'] },
    };
    expect(() => publishedTables(spectrum)).toThrow('has samples of "c" among its ID test samples');
    expect(() => publishedTables({ ...run('cifar10', rows), groups: [] }, 'cifar10')).toThrow(
      'no means of groups',
    );
  });

  it('are there for every benchmark, each method once, all in percent', () => {
    for (const { name, rows } of OPENOOD_V15.benchmarks) {
      const [table] = publishedTables(run(name, { none: [0.5, 0.5] }), name);
      const numbers = (table?.rows ?? []).filter(({ published }) => published !== null);
      expect(numbers, name).toHaveLength(rows.trim().split('\n').length);
      expect(new Set(numbers.map(({ title }) => title)).size).toBe(numbers.length);
      for (const { near, far } of numbers)
        for (const { published } of [near, far]) {
          expect(published?.mean).toBeGreaterThan(35);
          expect(published?.mean).toBeLessThan(100);
        }
    }
  });
});
