import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseGrid } from '../src/parse.js';

const KNOWN = {
  models: ['lenet-fmnist', 'lenet-fmnist-oe', ...[0, 1, 2, 3, 4].map((i) => `lenet-fmnist-member${i}`)],
  datasets: ['fashion-mnist', 'mnist', 'mnist-10k', 'cifar10', 'svhn'],
};

const grid = (methods: string, extra = '') => `protocol: fssd-paper
models: [lenet-fmnist]
pairs:
  - { id: fashion-mnist, ood: mnist }
methods:
${methods}
${extra}`;

const messageOf = (text: string, overrides: string[] = []) => {
  try {
    parseGrid(text, 'grid.yaml', KNOWN, overrides);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('the grid was accepted');
};

describe('parseGrid', () => {
  it.each([
    ['quickstart', 8],
    ['fssd-paper', 8],
    ['fssd-paper-cifar10', 6],
  ] as const)('accepts examples/%s.yaml', (name, rows) => {
    const text = readFileSync(new URL(`../../../examples/${name}.yaml`, import.meta.url), 'utf8');
    const parsed = parseGrid(text, name, KNOWN);
    expect(parsed.methods).toHaveLength(rows);
    expect(parsed.methods[1]).toMatchObject({ name: 'odin', temperatures: [1, 10, 100, 1000] });
  });

  it('names line, column, path and the likely method for a misspelt one', () => {
    expect(messageOf(grid('  - baseline\n  - name: odinn'))).toBe(
      'grid.yaml:7:11  methods[1].name: unknown method "odinn" (did you mean "odin"?)',
    );
    expect(messageOf(grid('  - baselin'))).toContain(
      'grid.yaml:6:5  methods[0]: unknown method "baselin" (did you mean "baseline"?)',
    );
  });

  it('names the place of an unknown data set, model and key', () => {
    const text = grid('  - baseline')
      .replace('ood: mnist', 'ood: mnst')
      .replace('[lenet-fmnist]', '[lenet-fminst]');
    expect(messageOf(text)).toContain(
      'grid.yaml:2:10  models[0]: unknown model "lenet-fminst" (did you mean "lenet-fmnist"?)',
    );
    expect(messageOf(text)).toContain('pairs[0].ood: unknown data set "mnst" (did you mean "mnist"?)');
    expect(messageOf(grid('  - baseline', 'optons: {}'))).toContain(
      'grid.yaml:7:1  optons: unknown key "optons" (did you mean "options"?)',
    );
  });

  it('refuses malformed yaml with the line', () => {
    expect(messageOf('protocol: [')).toBe(
      'grid.yaml:1:12  a "[" is not closed, or what is in it not indented',
    );
  });

  it('refuses two rows of one name, a pair of one data set and a slice that breaks batches', () => {
    expect(messageOf(grid('  - baseline\n  - baseline'))).toContain('row "baseline" is there already');
    expect(messageOf(grid('  - baseline').replace('ood: mnist', 'ood: fashion-mnist'))).toContain(
      'same data set',
    );
    expect(messageOf(grid('  - baseline', 'options: { slice: 100 }'))).toContain('options.slice');
  });

  it('applies --set and names the flag that is wrong', () => {
    expect(
      parseGrid(grid('  - baseline'), 'grid.yaml', KNOWN, ['options.slice=512', 'seed=7']),
    ).toMatchObject({ seed: 7, options: { slice: 512 } });
    expect(messageOf(grid('  - baseline'), ['nonsense'])).toContain('--set nonsense');
  });
});
