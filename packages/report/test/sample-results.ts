import { readFileSync } from 'node:fs';
import {
  type Cell,
  type CellMetric,
  digestSchema,
  RESULTS_SCHEMA,
  type Results,
  readResults,
  resultsSchema,
} from '@oodgrid/contract';

/** Those of `fssd-paper`. */
const { metrics: METRICS } = readResults(
  JSON.parse(readFileSync(new URL('./fixtures/results-v1/results.json', import.meta.url), 'utf8')),
);

const ZERO = digestSchema.parse('0'.repeat(64));

export function sampleCell(
  method: string,
  title: string,
  auroc: number,
  fpr: number,
  chosen: Record<string, number> | null = null,
): Cell {
  const around = (estimate: number, how: CellMetric['how'] = 'bootstrap-border'): CellMetric => ({
    estimate,
    interval: { low: Math.max(0, estimate - 0.01), high: Math.min(1, estimate + 0.01) },
    how,
  });
  const metrics = {
    auroc: around(auroc, 'delong'),
    auprIn: around(auroc),
    auprOut: around(auroc),
    fpr80: around(fpr),
    fpr95: around(fpr),
    tnr95: around(1 - fpr),
    detacc: around(auroc),
  };
  return {
    method,
    title,
    id: 'clothes',
    ood: 'digits',
    model: 'net',
    metrics,
    hyperparameters: { chosen, isFallback: false, criteria: [] },
    combination: { kind: 'logistic-regression', parameters: { c: 1, coef: [1], intercept: 0 } },
    counts: { fit: { id: 500, ood: 500 }, select: { id: 500, ood: 500 }, test: { id: 100, ood: 100 } },
    scores: { file: `scores/${method}.npz`, id: ZERO, ood: ZERO },
    seconds: 1.25,
  };
}

/** Three rows: the best, one that DeLong's test cannot tell from it, and one that is clearly worse. */
export function sampleResults(change: (results: Record<string, unknown>) => void = () => undefined): Results {
  const results = {
    schema: RESULTS_SCHEMA,
    run: {
      id: 'r-1',
      name: 'sample & <script>',
      startedAt: '2026-01-02T03:04:05.000Z',
      seconds: 3,
      workers: 2,
      tasks: 4,
      cachedUnits: 0,
      work: { images: 1, forwards: 2000, gradients: 3 },
    },
    grid: {},
    protocol: { name: 'fssd-paper', criterion: 'TNR at 95 % TPR' },
    metrics: METRICS.map((spec) => ({ ...spec })),
    environment: {
      engine: 'tensorflow',
      engineVersion: '2',
      device: 'cpu',
      numericsClass: 'x',
      node: 'v20',
      platform: 'linux',
      cpu: 'c',
    },
    cells: [
      sampleCell('best', 'Best_1', 0.99, 0.02, { magnitude: 0.004 }),
      sampleCell('close', 'Close "one", two', 0.985, 0.01),
      sampleCell('worse', '<b>Worse</b>', 0.7, 0.5),
    ],
    comparisons: [
      {
        id: 'clothes',
        ood: 'digits',
        model: 'net',
        a: 'best',
        b: 'close',
        difference: 0.005,
        p: 0.3,
        samplesId: 100,
        samplesOod: 100,
      },
      {
        id: 'clothes',
        ood: 'digits',
        model: 'net',
        a: 'best',
        b: 'worse',
        difference: 0.29,
        p: 1e-9,
        samplesId: 100,
        samplesOod: 100,
      },
    ],
    digest: 'ab'.repeat(32),
  };
  change(results);
  return resultsSchema.parse(results);
}
