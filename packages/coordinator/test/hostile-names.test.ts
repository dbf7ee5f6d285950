import { parseRunSpec } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { digest, forward } from './small-plan.js';

const transform = { mean: [0], std: [1] };
/** A run specification of which every name is given. */
const specOf = (names: { model?: string; set?: string; row?: string; title?: string; grid?: string }) => {
  const { model = 'm', set = 'a', row = 'r', title = 't', grid = 'g' } = names;
  const split = (name: string) => ({ ref: { name: `${name}/test`, images: digest('1') }, count: 2000 });
  return Buffer.from(
    JSON.stringify({
      kind: 'grid',
      slice: 512,
      grid: {
        name: grid,
        protocol: 'fssd-paper',
        seed: 1,
        bootstrapReplicates: 100,
        models: [{ name: model, architecture: 'lenet', weights: digest('2'), classes: 10 }],
        auxiliaryModels: [],
        datasets: [
          { name: set, test: split(set), normalisation: transform },
          { name: 'b', test: split('b') },
        ],
        pairs: [{ id: set, ood: 'b' }],
        rows: [{ row, title, plans: { [model]: forward }, fitSet: null }],
        memoryBytes: { [model]: 1 },
      },
    }),
  );
};

describe('names in a run specification', () => {
  it('of any script are taken', () => {
    for (const name of ['a b', 'x:y', '模型', 'نموذج', 'a__b', '=1', '🙂', 'constructor'])
      expect(parseRunSpec(specOf({ model: name, set: name, row: name })).kind).toBe('grid');
  });

  it('whose key a record would lose are refused', () => {
    expect(() => parseRunSpec(specOf({ model: '__proto__' }))).toThrow(/JavaScript keeps for itself/);
  });

  it.each(['\u001b[31m', 'two\nlines', 'x\u202ey', '\u009b', 'nul\u0000'])('%j is refused', (name) => {
    for (const key of ['model', 'set', 'row', 'title', 'grid'] as const)
      expect(() => parseRunSpec(specOf({ [key]: name }))).toThrow(
        expect.objectContaining({
          code: 'invalid-input',
          message: expect.stringContaining('cannot be seen'),
        }),
      );
  });
});
