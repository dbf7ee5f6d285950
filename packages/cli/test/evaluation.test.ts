import { expect, it } from 'vitest';
import { evaluationOf } from '../src/features/evaluation.js';

const files = (...sets: readonly string[]) => ({
  id: new Map([['id', { test: 'id_test.npz' }]]),
  ood: new Map(sets.map((set) => [set, `ood_${set}.npz`])),
  ignored: [],
});
const models = new Map([['net', files('near_a', 'far_b', 'far_c', 'd')]]);
const of = (flags: Partial<Parameters<typeof evaluationOf>[0]>, own = models) =>
  evaluationOf({ protocol: 'openood', group: [], seeds: false, measure: [], ...flags }, own);

it('groups are those of the flags, or near and far by the files’ names under openood', () => {
  expect([...of({}).groups]).toEqual([
    ['near_a', 'near'],
    ['far_b', 'far'],
    ['far_c', 'far'],
  ]);
  expect([...of({ protocol: 'raw' }).groups]).toEqual([]);
  expect([...of({ protocol: 'raw', group: ['x=d,near_a', 'x=far_b'] }).groups]).toEqual([
    ['d', 'x'],
    ['near_a', 'x'],
    ['far_b', 'x'],
  ]);
});

it('a set that chooses is in no group; nothing chooses unless the flag says so', () => {
  expect(of({}).chooseOn).toBe('none');
  expect(of({ protocol: 'raw' }).chooseOn).toBeUndefined();
  expect([...of({ 'choose-on': 'far_b' }).groups.keys()]).toEqual(['near_a', 'far_c']);
  expect(() => of({ 'choose-on': 'far_b', group: ['far=far_b'] })).toThrow(
    /no OOD set "far_b".*that is tested/,
  );
});

it('flags that do not fit are refused with what is there', () => {
  expect(() => of({ protocol: 'raw', 'choose-on': 'd' })).toThrow(/add --protocol openood/);
  expect(() => of({ 'choose-on': 'far_d' })).toThrow(
    /--choose-on: there is no OOD set "far_d" \(did you mean/,
  );
  expect(() => of({ 'choose-on': 'd' }, new Map([['net', files('d')]]))).toThrow(/none is left to test/);
  expect(() => of({ group: ['near'] })).toThrow(/expected NAME=SET,SET/);
  expect(() => of({ group: ['a=d', 'b=d'] })).toThrow(/"d" is in "a" already/);
  expect(() => of({ seeds: true })).toThrow(/there is one model/);
});
