import { readFileSync } from 'node:fs';
import { findArithmetic } from '@oodgrid/methods';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { nativeEngine } from '../support/engine.js';
import { scoreAlone } from '../support/score-alone.js';

const table = z.array(z.array(z.number()));
const reference = z
  .object({ z: table, temperatures: z.array(z.number()), scores: table })
  .parse(JSON.parse(readFileSync(new URL('./reference/energy.json', import.meta.url), 'utf8')));

beforeAll(async () => {
  await nativeEngine();
});

it("has SciPy's energies at every temperature, of large and small logits too", () => {
  const settings = reference.temperatures.map((temperature) => ({ temperature }));
  const scores = scoreAlone(findArithmetic('energy'), { h: reference.z, z: reference.z }, settings);
  for (const [s, expected] of reference.scores.entries())
    for (const [i, value] of expected.entries())
      expect(Math.abs((scores[s]?.[i] ?? Number.NaN) - value)).toBeLessThan(
        1e-5 * Math.max(1, Math.abs(value)),
      );
});
