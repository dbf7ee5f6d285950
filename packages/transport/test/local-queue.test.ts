import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LocalQueue } from '../src/local/local-queue.js';

const { signal } = new AbortController();

describe('the local queue', () => {
  it('hands out by priority, then by arrival, whatever came first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }), async (priorities) => {
        const queue = new LocalQueue<number>();
        for (const [item, priority] of priorities.entries()) queue.offer(item, priority);
        const got: number[] = [];
        for (const _ of priorities) got.push(await queue.take(signal));
        const expected = [...priorities.entries()]
          .sort(([i, a], [j, b]) => b - a || i - j)
          .map(([item]) => item);
        expect(got).toEqual(expected);
      }),
    );
  });

  it('serves those who wait in their order, one item each', async () => {
    const queue = new LocalQueue<string>();
    const waiting = [queue.take(signal), queue.take(signal)];
    queue.offer('a', 0);
    queue.offer('b', 5);
    queue.offer('c', 0);
    expect(await Promise.all(waiting)).toEqual(['a', 'b']);
    expect(await queue.take(signal)).toBe('c');
  });

  it('loses nothing when a pull is withdrawn', async () => {
    const queue = new LocalQueue<string>();
    const controller = new AbortController();
    const pulled = queue.take(controller.signal);
    controller.abort();
    await expect(pulled).rejects.toMatchObject({ code: 'cancelled' });
    await expect(queue.take(controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
    queue.offer('a', 0);
    expect(await queue.take(signal)).toBe('a');
  });
});
