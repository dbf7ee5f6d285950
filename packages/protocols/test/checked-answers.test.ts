import { OodError } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { checkedAnswers } from '../src/checked-answers.js';
import { KIT } from '../src/kit.js';
import type { Protocol } from '../src/protocol.js';

const NOTHING = { from: 0, to: 0 };
const sound: Protocol = {
  name: 'mine',
  reference: 'none',
  cites: { authors: 'Jane Doe', title: 'A Title', year: 2026 },
  batch: 8,
  permutationSeed: 0,
  advice: 'more',
  metrics: [KIT.metrics.auroc, KIT.metrics.fpr95],
  normalisation: KIT.normalisationOfId,
  order: (wanted) => wanted,
  cut: ({ count }) => ({ fit: NOTHING, select: NOTHING, test: { from: 0, to: count } }),
  keptOod: (_id, ood) => ood,
  selection: {
    criterion: 'anything',
    select: () => ({ candidate: 1, isFallback: false, values: [0, 1] }),
  },
  combine: KIT.firstColumn,
  previewColumn: () => 0,
};
const checked = (changes: Partial<Protocol> = {}) =>
  checkedAnswers({ ...sound, ...changes }, 'file:///somewhere/mine.mjs');

const rows = { rows: 2, columns: 1, data: Float32Array.of(1, 2) };
const sweep = { candidates: [{ a: 1 }, { a: 2 }], fallback: 0, rows: () => rows };
const set = { name: 'digits', count: 10 };
const [id, ood] = [Float64Array.of(3, 0, 1), Float64Array.of(0, 2, 1)];

it('a sound protocol answers as it did', () => {
  const mine = checked();
  expect([mine.name, mine.batch, mine.cites]).toEqual([sound.name, sound.batch, sound.cites]);
  expect(mine.cut(set)).toEqual(sound.cut(set));
  expect(mine.selection?.select(sweep)).toEqual(sound.selection?.select(sweep));
  expect(mine.metrics.map(({ of }) => of(id, ood))).toEqual(sound.metrics.map(({ of }) => of(id, ood)));
  expect(mine.combine(rows, rows).scores(rows)).toEqual(Float64Array.of(1, 2));
  expect([mine.keptOod(3, 2), mine.order('permuted'), mine.previewColumn(1)]).toEqual([2, 'permuted', 0]);
  expect(checked({ selection: null }).selection).toBeNull();
});

const cut = (
  fit: readonly number[],
  select: readonly number[],
  test: readonly number[],
): Partial<Protocol> => {
  const range = ([from = Number.NaN, to = Number.NaN]: readonly number[]) => ({ from, to });
  return { cut: () => ({ fit: range(fit), select: range(select), test: range(test) }) };
};
const share = (of: () => number): Partial<Protocol> => ({
  metrics: [KIT.metrics.auroc, { key: 'mine', title: 'Mine', isLowerBetter: false, positive: 'id', of }],
});

describe('an answer that no number can be made of ends the run with the module and the question', () => {
  it.each<[string, Partial<Protocol>, (mine: Protocol) => unknown]>([
    [
      'cut of "digits" (10 test samples): test: expected { from, to } with 0 <= from <= to <= 10, got { from: 0, to: 11 }',
      cut([0, 0], [0, 0], [0, 11]),
      (mine) => mine.cut(set),
    ],
    [
      'cut of "digits" (10 test samples): fit: expected',
      cut([2, 1], [0, 0], [2, 10]),
      (mine) => mine.cut(set),
    ],
    [
      'cut of "digits" (10 test samples): select: expected',
      cut([0, 1], [], [2, 10]),
      (mine) => mine.cut(set),
    ],
    [
      'cut of "digits" (10 test samples): test: no sample is left to test',
      cut([0, 5], [5, 10], [10, 10]),
      (mine) => mine.cut(set),
    ],
    [
      'cut of "digits" (10 test samples): select and test share samples',
      cut([0, 2], [2, 5], [4, 10]),
      (mine) => mine.cut(set),
    ],
    [
      'keptOod(3, 2): expected a whole number from 1 to 2, got 3',
      { keptOod: (n) => n },
      (mine) => mine.keptOod(3, 2),
    ],
    [
      'metric mine: expected a share from 0 to 1, got NaN',
      share(() => Number.NaN),
      (mine) => mine.metrics[1]?.of(id, ood),
    ],
    [
      'metric mine: expected a share from 0 to 1, got 97.5',
      share(() => 97.5),
      (mine) => mine.metrics[1]?.of(id, ood),
    ],
    [
      'selection.select: candidate: expected a whole number from 0 to 1, got 2',
      { selection: { criterion: 'x', select: () => ({ candidate: 2, isFallback: false, values: [0, 1] }) } },
      (mine) => mine.selection?.select(sweep),
    ],
    [
      'selection.select: values: expected 2 finite numbers',
      {
        selection: {
          criterion: 'x',
          select: () => ({ candidate: 0, isFallback: false, values: [1, Number.NaN] }),
        },
      },
      (mine) => mine.selection?.select(sweep),
    ],
    [
      'combine: parameters.w: expected a finite number',
      { combine: () => ({ ...KIT.firstColumn(), parameters: { w: Number.NaN } }) },
      (mine) => mine.combine(rows, rows),
    ],
    [
      'scores of combine: expected a Float64Array of 2 scores',
      { combine: () => ({ ...KIT.firstColumn(), scores: () => new Float64Array(3) }) },
      (mine) => mine.combine(rows, rows).scores(rows),
    ],
    [
      'scores of combine: score 1 is NaN',
      { combine: () => ({ ...KIT.firstColumn(), scores: () => Float64Array.of(0, Number.NaN) }) },
      (mine) => mine.combine(rows, rows).scores(rows),
    ],
    [
      'normalisation of "digits": expected { mean: [...], std: [...] } with std above 0',
      { normalisation: () => ({ mean: [0], std: [0] }) },
      (mine) => mine.normalisation(set),
    ],
    [
      'previewColumn(1): expected a whole number from 0 to 0, got 1',
      { previewColumn: () => 1 },
      (mine) => mine.previewColumn(1),
    ],
  ])('%s', (message, changes, ask) => {
    expect(() => ask(checked(changes))).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining(`/somewhere/mine.mjs: ${message}`),
      }),
    );
  });

  it('and so does what it throws; what the kit throws says what is wrong itself', () => {
    const refusal = new OodError('invalid-input', 'data set "digits" has no normalisation');
    const thrown = (error: Error) => () => {
      throw error;
    };
    expect(() => checked({ cut: thrown(new Error('give me 500')) }).cut(set)).toThrow(
      '/somewhere/mine.mjs: cut of "digits" (10 test samples): give me 500',
    );
    expect(() => checked({ normalisation: thrown(refusal) }).normalisation(set)).toThrow(refusal);
  });

  it('a share that rounding has put beyond the border is at the border', () => {
    expect(checked(share(() => 1 + 2e-16)).metrics[1]?.of(id, ood)).toBe(1);
  });
});
