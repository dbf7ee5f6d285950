import { expect, it } from 'vitest';
import { checkedAnswers } from '../src/checked-answers.js';
import { findProtocol, isChoosing } from '../src/index.js';
import { openood } from '../src/openood.js';

const NOTHING = { from: 0, to: 0 };
const rows = (...values: readonly number[]) => ({
  rows: values.length,
  columns: 1,
  data: Float32Array.from(values),
});

it('a tenth of the ID test set chooses, 1,000 samples at most, and does not test; without a choice all test', () => {
  const { cut, cutForChoice } = findProtocol('openood');
  expect(cut({ name: 'x', count: 50 })).toEqual({ fit: NOTHING, select: NOTHING, test: { from: 0, to: 50 } });
  expect(cutForChoice?.({ name: 'x', count: 59 })).toEqual({
    fit: NOTHING,
    select: { from: 0, to: 5 },
    test: { from: 5, to: 59 },
  });
  expect(cutForChoice?.({ name: 'x', count: 26_032 }).select).toEqual({ from: 0, to: 1000 });
  expect(() => cutForChoice?.({ name: 'tiny', count: 19 })).toThrow(/"tiny" has 19 test samples/);
});

it('settings are selected where the grid says on what, and only by protocols that select', () => {
  expect(isChoosing(openood)).toBe(false);
  expect(isChoosing(openood, 'none')).toBe(false);
  expect(isChoosing(openood, 'id')).toBe(true);
  expect(isChoosing(openood, { ood: 'x' })).toBe(true);
  expect(isChoosing(findProtocol('fssd-paper'))).toBe(true);
  expect(isChoosing(findProtocol('raw'), 'id')).toBe(false);
});

it('the first setting with the best AUROC wins; where one side has no sample, the method’s own is taken', () => {
  const of = (sides: Readonly<Record<'id' | 'ood', readonly (readonly number[])[]>>) =>
    openood.selection?.select({
      candidates: [{ k: 1 }, { k: 2 }, { k: 3 }],
      fallback: 1,
      rows: (_role, side, candidate) => rows(...(sides[side][candidate] ?? [])),
    });
  const id = [
    [1, 0],
    [2, 3],
    [2, 3],
  ];
  expect(
    of({
      id,
      ood: [
        [1, 0],
        [1, 0],
        [1, 0],
      ],
    }),
  ).toEqual({ candidate: 1, isFallback: false, values: [0.5, 1, 1] });
  expect(of({ id, ood: [[], [], []] })).toEqual({ candidate: 1, isFallback: true, values: [0, 0, 0] });
});

it('a module may leave what chooses to the grid too, and its cut is checked', () => {
  const mine = checkedAnswers(
    {
      ...openood,
      cutForChoice: ({ count }) => ({
        fit: NOTHING,
        select: { from: 0, to: 9 },
        test: { from: 5, to: count },
      }),
    },
    'file:///mine.mjs',
  );
  expect(() => mine.cutForChoice?.({ name: 'x', count: 50 })).toThrow(
    /cutForChoice of "x".*select and test share/s,
  );
  expect(checkedAnswers(openood, 'file:///mine.mjs').cutForChoice?.({ name: 'x', count: 50 }).select.to).toBe(
    5,
  );
});
