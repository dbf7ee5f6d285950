import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inChunks } from '../src/output/in-chunks.js';
import { jsonPieces } from '../src/output/json-pieces.js';

it('the pieces are what JSON.stringify returns', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value, null, 2));
    }),
  );
  const odd = { left: undefined, date: new Date(0), list: [undefined, 'a\nb'], empty: [], none: {} };
  expect([...jsonPieces(odd)].join('')).toBe(JSON.stringify(odd, null, 2));
});

it('a long list is never one piece', () => {
  const value = { cells: Array.from({ length: 10_000 }, (_, i) => ({ i, text: 'x'.repeat(100) })) };
  let longest = 0;
  let chunks = 0;
  for (const chunk of inChunks(jsonPieces(value), 10_000)) {
    longest = Math.max(longest, chunk.length);
    chunks++;
  }
  expect(longest).toBeLessThan(10_500);
  expect(chunks).toBeGreaterThan(100);
});
