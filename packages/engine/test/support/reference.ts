import { readFileSync } from 'node:fs';
import { findArithmetic } from '@oodgrid/methods';
import { expect } from 'vitest';
import { z } from 'zod';
import { fitAlone, scoreAlone } from './score-alone.js';

const table = z.array(z.array(z.number()));
const taps = z.object({ h: table, z: table });
const referenceSchema = z.object({
  train: taps,
  test: taps,
  labels: z.array(z.number()),
  head: z.object({ weight: table, bias: z.array(z.number()) }),
  settings: z.array(z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]))),
  scores: table,
  dropout: z.array(table).optional(),
});

/** Compares a method's scores, under each setting, with those that its script in `methods/reference` wrote. */
export function expectReferenceScores(method: string, tolerance: number): void {
  const file = new URL(`../methods/reference/${method}.json`, import.meta.url);
  const { train, test, labels, head, settings, scores, dropout } = referenceSchema.parse(
    JSON.parse(readFileSync(file, 'utf8')),
  );
  const arithmetic = findArithmetic(method);
  const state = fitAlone(arithmetic, { ...train, labels, head });
  // Settings of one call are those of one batch: each is scored alone, so that none leans on another.
  const got = settings.flatMap((setting) =>
    scoreAlone(arithmetic, { ...test, head, dropout }, [setting], state),
  );
  for (const [s, expected] of scores.entries())
    for (const [i, value] of expected.entries())
      expect(Math.abs((got[s]?.[i] ?? Number.NaN) - value), `setting ${s}, sample ${i}`).toBeLessThan(
        tolerance * Math.max(1, Math.abs(value)),
      );
}
