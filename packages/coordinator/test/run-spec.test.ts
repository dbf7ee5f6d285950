import { canonicalJson, parseRunSpec } from '@oodgrid/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomGrid } from './properties/random-grid.js';
import { smallGrid } from './small-plan.js';

const bytes = (spec: unknown) => Buffer.from(JSON.stringify(spec));
const grid = smallGrid();

describe('a run specification', () => {
  it('is parsed to what was sent: no field is lost, none is added', () => {
    fc.assert(
      fc.property(randomGrid, fc.integer({ min: 1, max: 4096 }), (drawn, slice) => {
        const spec = { kind: 'grid', grid: drawn, slice };
        // That name is refused, since a record would lose it.
        fc.pre(!JSON.stringify(spec).includes('__proto__'));
        expect(canonicalJson(parseRunSpec(bytes(spec)))).toBe(canonicalJson(spec));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['a deviation of 0', { datasets: [{ ...grid.datasets[0], normalisation: { mean: [0], std: [0] } }] }],
    ['weights that are no digest', { models: [{ ...grid.models[0], weights: 'w' }] }],
    ['a slice of 0', {}, 0],
    ['no row', { rows: [] }],
  ])('with %s is refused', (_what, wrong, slice = 512) => {
    const spec = { kind: 'grid', grid: { ...grid, ...wrong }, slice };
    expect(() => parseRunSpec(bytes(spec))).toThrow(/the run specification does not fit/);
  });

  it('that is no JSON, or no UTF-8, is refused', () => {
    expect(() => parseRunSpec(Buffer.from('{'))).toThrow(/is no JSON/);
    expect(() => parseRunSpec(Uint8Array.of(0xff, 0xfe))).toThrow(/is no JSON/);
  });
});
