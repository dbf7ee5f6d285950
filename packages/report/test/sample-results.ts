import { type Cell, digestSchema, RESULTS_SCHEMA, type Results, resultsSchema } from '@oodgrid/protocol';

const ZERO = digestSchema.parse('0'.repeat(64));

function cell(
  method: string,
  title: string,
  auroc: number,
  fpr: number,
  chosen: Record<string, number> | null = null,
): Cell {
  const around = (value: number) => ({
    value,
    low: Math.max(0, value - 0.01),
    high: Math.min(1, value + 0.01),
  });
  const metrics = {
    auroc: around(auroc),
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
    protocol: 'fssd-paper',
    metrics,
    hyperparameters: {
      chosen,
      isFallback: false,
      tnrOfCandidates: [],
      regression: { c: 1, coef: [1], intercept: 0 },
    },
    counts: { valFitId: 500, valFitOod: 500, valSelectId: 500, valSelectOod: 500, testId: 100, testOod: 100 },
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
      cell('best', 'Best_1', 0.99, 0.02, { magnitude: 0.004 }),
      cell('close', 'Close "one", two', 0.985, 0.01),
      cell('worse', '<b>Worse</b>', 0.7, 0.5),
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
