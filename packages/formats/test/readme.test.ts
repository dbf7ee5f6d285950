import { expect, it } from 'vitest';
import { parseNpz, writeNpz } from '../src/index.js';

it("the README's example gives what it says", () => {
  const bytes = writeNpz(new Map([['scores', { shape: [3], data: Float32Array.of(0.1, 0.5, 0.9) }]]));
  expect(parseNpz(bytes, 'scores.npz').get('scores')?.shape).toEqual([3]);
});
