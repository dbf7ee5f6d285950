import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexedHeap, NOWHERE } from '../src/ledger/indexed-heap.js';
import { ReadyTasks } from '../src/ledger/ready-tasks.js';

const SIZE = 12;
const moves = fc.array(
  fc.record({ isAdded: fc.boolean(), item: fc.nat({ max: SIZE - 1 }), rank: fc.nat({ max: 5 }) }),
  { maxLength: 200 },
);

describe('the ready tasks', () => {
  it('give the most urgent task that is in, whatever was added and removed before', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 }), { minLength: SIZE, maxLength: SIZE }), moves, (ranks, all) => {
        const order = (a: number, b: number) => (ranks[a] ?? 0) - (ranks[b] ?? 0) || a - b;
        const ready = new ReadyTasks(SIZE, (a, b) => order(a, b) < 0);
        const expected = new Set<number>();
        for (const { isAdded, item } of all) {
          if (isAdded) ready.add(item);
          else ready.remove(item);
          if (isAdded) expected.add(item);
          else expected.delete(item);
          expect(ready.peek()).toBe([...expected].sort(order)[0]);
          expect(ready.size).toBe(expected.size);
        }
      }),
    );
  });
});

describe('an indexed heap', () => {
  it('gives the first item in order, also after items moved or left from the middle', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const items = Array.from({ length: SIZE }, (_, id) => ({ id, rank: 0, place: NOWHERE }));
        const order = (a: { rank: number; id: number }, b: { rank: number; id: number }) =>
          a.rank - b.rank || a.id - b.id;
        const heap = new IndexedHeap<(typeof items)[number]>((a, b) => order(a, b) < 0);
        const expected = new Set<(typeof items)[number]>();
        for (const { isAdded, item, rank } of all) {
          const one = items[item];
          if (one === undefined) throw new Error('there is no such item');
          if (isAdded) {
            one.rank = rank;
            heap.set(one);
            expected.add(one);
          } else {
            heap.remove(one);
            expected.delete(one);
          }
          expect(heap.peek()).toBe([...expected].sort(order)[0]);
          expect(heap.size).toBe(expected.size);
        }
      }),
    );
  });
});
