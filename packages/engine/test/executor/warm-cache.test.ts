import { expect, it } from 'vitest';
import { WarmCache } from '../../src/executor/warm-cache.js';

/** A cache of 100 bytes, and what was freed, in order. */
function cache(limit = 100) {
  const freed: string[] = [];
  const warm = new WarmCache<string>(limit);
  const borrow = (key: string, bytes = 40) =>
    warm.borrow(key, async () => ({ value: key, bytes, free: () => freed.push(key) }));
  const use = async (key: string, bytes?: number) => {
    using borrowed = await borrow(key, bytes);
    return borrowed.value;
  };
  return { warm, freed, borrow, use };
}

it('keeps what was used last within its bytes, and frees what was used longest ago', async () => {
  const { warm, freed, use } = cache();
  for (const key of ['a', 'b', 'a', 'c']) expect(await use(key)).toBe(key);
  // a was used after b.
  expect(freed).toEqual(['b']);
  expect(warm.counts).toEqual({ hits: 1, misses: 3, evictions: 1, bytes: 80 });
  await use('a');
  await use('b');
  expect(freed).toEqual(['b', 'c']);
  warm[Symbol.dispose]();
  expect(freed.sort()).toEqual(['a', 'b', 'b', 'c']);
  expect(warm.counts.bytes).toBe(0);
});

it('frees nothing that is borrowed before it is back, and then once', async () => {
  const { warm, freed, borrow, use } = cache();
  const [first, second] = [await borrow('a'), await borrow('a')];
  await use('b');
  await use('c');
  expect(warm.counts.evictions).toBe(1);
  expect(freed).toEqual([]);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  expect(freed).toEqual([]);
  second[Symbol.dispose]();
  expect(freed).toEqual(['a']);
});

it('opens for one borrower alone what is larger than its bytes', async () => {
  const { warm, freed, use } = cache();
  await use('small');
  await use('large', 101);
  await use('large', 101);
  expect(freed).toEqual(['large', 'large']);
  expect(warm.counts).toEqual({ hits: 0, misses: 3, evictions: 0, bytes: 40 });
});

it('keeps nothing of what could not be opened', async () => {
  const { warm, use } = cache();
  const fail = () => warm.borrow('a', () => Promise.reject(new Error('damaged')));
  await expect(fail()).rejects.toThrow('damaged');
  expect(await use('a')).toBe('a');
  expect(warm.counts).toMatchObject({ hits: 0, misses: 2, bytes: 40 });
});

it('frees the second of two that were opened at once when it is back', async () => {
  const { freed, borrow } = cache();
  const [one, two] = await Promise.all([borrow('a'), borrow('a')]);
  one[Symbol.dispose]();
  two[Symbol.dispose]();
  expect(freed).toEqual(['a']);
});
