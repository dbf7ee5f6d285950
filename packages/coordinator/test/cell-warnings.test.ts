import type { Cell, CellMetric } from '@oodgrid/contract';
import { fssdPaper } from '@oodgrid/protocols';
import { rankScores } from '@oodgrid/stats';
import { describe, expect, it } from 'vitest';
import { cellWarnings } from '../src/merger/cell-warnings.js';
import { digest } from './small-plan.js';

const SEVERAL = rankScores(Float64Array.of(1, 2), Float64Array.of(0));

function merged(method: string, testId: number, testOod: number, auroc = 0.9, ranked = SEVERAL) {
  return { cell: cellOf(method, testId, testOod, auroc), ranked };
}

function cellOf(method: string, testId: number, testOod: number, estimate: number): Cell {
  const auroc: CellMetric = {
    estimate,
    interval: { low: estimate - 0.01, high: estimate + 0.01 },
    how: 'delong',
  };
  return {
    method,
    title: method,
    id: 'clothes',
    ood: 'digits',
    model: 'net',
    metrics: { auroc },
    hyperparameters: { chosen: null, isFallback: false, criteria: [] },
    combination: { kind: 'first-column', parameters: {} },
    counts: { fit: { id: 0, ood: 0 }, select: { id: 0, ood: 0 }, test: { id: testId, ood: testOod } },
    scores: { file: 'scores/x.npz', id: digest('a'), ood: digest('b') },
    seconds: 1,
  };
}

describe('warnings of cells', () => {
  it('none for an ordinary table, however good', () => {
    expect(cellWarnings([merged('msp', 9000, 9000), merged('odin', 9000, 9000, 1)], fssdPaper)).toEqual([]);
  });

  it('few test samples, once for a pair, naming the side', () => {
    const warnings = cellWarnings([merged('msp', 9000, 1), merged('odin', 9000, 1)], fssdPaper);
    expect(warnings).toMatchObject([
      { code: 'few-test-samples', severity: 'serious', place: { id: 'clothes', ood: 'digits' }, count: 1 },
    ]);
    expect(warnings[0]?.message).toContain('only 1 test sample of "digits":');
    expect(cellWarnings([merged('msp', 50, 50)], fssdPaper)).toEqual([]);
  });

  it('an AUROC at the border of few samples', () => {
    expect(cellWarnings([merged('msp', 200, 9000, 1)], fssdPaper)).toMatchObject([
      { code: 'interval-at-border', place: { method: 'msp', model: 'net' }, count: 200 },
    ]);
    expect(cellWarnings([merged('msp', 200, 9000, 0.9999)], fssdPaper)).toEqual([]);
  });

  it('scores that are all the same', () => {
    const constant = rankScores(Float64Array.of(7, 7), Float64Array.of(7, 7));
    expect(cellWarnings([merged('msp', 9000, 9000, 0.5, constant)], fssdPaper)).toMatchObject([
      { code: 'constant-scores', severity: 'serious', place: { method: 'msp' } },
    ]);
    // The AUROC is one half here too, FPR80 is 1 and TNR95 is 0.
    const around = rankScores(Float64Array.of(0, 2), Float64Array.of(1, 1));
    expect(cellWarnings([merged('msp', 9000, 9000, 0.5, around)], fssdPaper)).toEqual([]);
  });
});
