import { expect, it } from 'vitest';
import { datasetBlob, parseSplitBlob } from '../src/index.js';

it("the README's example gives what it says", () => {
  const split = {
    images: new Uint8Array(2 * 28 * 28),
    labels: Uint8Array.of(3, 7),
    shape: [2, 28, 28, 1],
  } as const;
  expect(parseSplitBlob(datasetBlob(split), 'mine').shape).toEqual([2, 28, 28, 1]);
});
