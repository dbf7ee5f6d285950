import { readFileSync } from 'node:fs';
import { sha256 } from '@oodgrid/contract';
import { parseNpy, parseNpz } from '@oodgrid/formats';
import { decisionFunction, fitLogisticCv, NumpyRandomState, rocMetrics } from '@oodgrid/stats';
import { describe, expect, it } from 'vitest';
import { goldenOf } from './support/golden.js';
import { columns, referenceNpz, referencePath } from './support/reference.js';

const METHODS = [
  'baseline',
  'oe',
  'deep_ensemble',
  'mc_dropout',
  'odin',
  'fssd',
  'fssd_no_preprocessing',
  'mahalanobis',
];

const CASES = [
  ['golden.json', 'features-mnist'],
  ['golden-mnist-10k.json', 'features-mnist-10k'],
] as const;

function fitOn(arrays: ReturnType<typeof referenceNpz>) {
  const id = columns(arrays, 'valFit_id');
  const ood = columns(arrays, 'valFit_ood');
  const rows = id.rows + ood.rows;
  const data = Float64Array.from([...id.data, ...ood.data]);
  const labels = new Uint8Array(rows).fill(1, 0, id.rows);
  return fitLogisticCv({ features: { rows, columns: id.columns, data }, labels });
}

describe.each(CASES)('the detector on the features of %s', (file, folder) => {
  it.each(METHODS)('%s has the converged regression and metrics', (name) => {
    const golden = goldenOf(file)[name]?.converged;
    if (golden === undefined) throw new Error(`${file} has no ${name}`);
    const arrays = referenceNpz(`${folder}/features_${name}.npz`);
    const fit = fitOn(arrays);
    expect(fit.c).toBeCloseTo(golden.C, 12);
    for (const [j, coef] of golden.coef.entries()) {
      // The reference was converged to about 1e-6 of its largest coefficient.
      expect(Math.abs((fit.coef[j] ?? Number.NaN) - coef)).toBeLessThan(
        2e-5 * Math.max(...golden.coef.map(Math.abs)),
      );
    }
    const score = (key: string) => decisionFunction(columns(arrays, key), fit);
    const got = rocMetrics(score('test_id'), score('test_ood'));
    // A coefficient that differs by rounding may swap a handful of the 81 million pairs.
    expect(got.auroc).toBeCloseTo(golden.test.auroc, 5);
    expect(got.auprIn).toBeCloseTo(golden.test.auin, 5);
    expect(got.auprOut).toBeCloseTo(golden.test.auout, 5);
    expect(got.fpr80).toBeCloseTo(golden.test.fpr80, 3);
    expect(got.fpr95).toBeCloseTo(golden.test.fpr95, 3);
    expect(got.detacc).toBeCloseTo(golden.test.detacc, 3);
  });
});

it('the reference values are those that SHA256SUMS lists', () => {
  const lines = readFileSync(referencePath('SHA256SUMS'), 'utf8').trim().split('\n');
  for (const line of lines) {
    const [sum, file = ''] = line.split('  ');
    expect(`${sha256(readFileSync(referencePath(file)))}  ${file}`).toBe(`${sum}  ${file}`);
  }
  expect(lines.length).toBe(19);
});

describe('numpy legacy generator', () => {
  it('gives the permutation of the paper', () => {
    const reference = parseNpy(
      readFileSync(referencePath('split_permutation_seed42_10000.npy')),
      'permutation',
    );
    expect(Array.from(new NumpyRandomState(42).permutation(10_000))).toEqual(
      Array.from(reference.data, Number),
    );
  });

  it('gives the paper noise after one permutation of 10,000', () => {
    const noise = new URL('../../models/fss-noise-paper-seed42.npz', import.meta.url);
    const reference = parseNpz(readFileSync(noise), 'noise').get('noise_uint8');
    const random = new NumpyRandomState(42);
    random.permutation(10_000);
    expect(Array.from(random.randintUint8(255, 78_400)).join()).toBe(
      Array.from(reference?.data ?? [], Number).join(),
    );
  });
});
