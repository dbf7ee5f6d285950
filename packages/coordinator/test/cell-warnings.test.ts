import type { Cell } from '@oodgrid/protocol';
import { fssdPaper } from '@oodgrid/protocols';
import { describe, expect, it } from 'vitest';
import { cellWarnings } from '../src/merger/cell-warnings.js';
import { digest } from './small-plan.js';

type Values = Partial<Record<keyof Cell['metrics'], number>>;

function cell(method: string, testId: number, testOod: number, values: Values = {}): Cell {
  const of = (value = 0.9) => ({ value, low: value - 0.01, high: value + 0.01 });
  const { auroc, auprIn, auprOut, fpr80, fpr95, tnr95, detacc } = values;
  return {
    method,
    title: method,
    id: 'clothes',
    ood: 'digits',
    model: 'net',
    protocol: 'fssd-paper',
    metrics: {
      auroc: of(auroc),
      auprIn: of(auprIn),
      auprOut: of(auprOut),
      fpr80: of(fpr80),
      fpr95: of(fpr95),
      tnr95: of(tnr95),
      detacc: of(detacc),
    },
    hyperparameters: {
      chosen: null,
      isFallback: false,
      tnrOfCandidates: [],
      regression: { c: 1, coef: [1], intercept: 0 },
    },
    counts: { valFitId: 500, valFitOod: 500, valSelectId: 500, valSelectOod: 500, testId, testOod },
    scores: { file: 'scores/x.npz', id: digest('a'), ood: digest('b') },
    seconds: 1,
  };
}

describe('warnings of cells', () => {
  it('none for an ordinary table, however good', () => {
    expect(
      cellWarnings([cell('msp', 9000, 9000), cell('odin', 9000, 9000, { auroc: 1 })], fssdPaper),
    ).toEqual([]);
  });

  it('few test samples, once for a pair, naming the side', () => {
    const warnings = cellWarnings([cell('msp', 9000, 1), cell('odin', 9000, 1)], fssdPaper);
    expect(warnings).toMatchObject([
      { code: 'few-test-samples', severity: 'serious', place: { id: 'clothes', ood: 'digits' }, count: 1 },
    ]);
    expect(warnings[0]?.message).toContain('only 1 test sample of "digits":');
    expect(cellWarnings([cell('msp', 50, 50)], fssdPaper)).toEqual([]);
  });

  it('an AUROC at the border of few samples', () => {
    expect(cellWarnings([cell('msp', 200, 9000, { auroc: 1 })], fssdPaper)).toMatchObject([
      { code: 'interval-at-border', place: { method: 'msp', model: 'net' }, count: 200 },
    ]);
    expect(cellWarnings([cell('msp', 200, 9000, { auroc: 0.9999 })], fssdPaper)).toEqual([]);
  });

  it('scores that are all the same', () => {
    const constant = { auroc: 0.5, fpr80: 1, fpr95: 1, tnr95: 0 };
    expect(cellWarnings([cell('msp', 9000, 9000, constant)], fssdPaper)).toMatchObject([
      { code: 'constant-scores', severity: 'serious', place: { method: 'msp' } },
    ]);
    expect(cellWarnings([cell('msp', 9000, 9000, { auroc: 0.5, fpr80: 0.8 })], fssdPaper)).toEqual([]);
  });
});
