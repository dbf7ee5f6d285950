import { z } from 'zod';
import { type CellMetric, type MetricSpec, shareSchema } from './metric-specs.js';
import { type Cell, cellSchema, commonHeaderSchema, RESULTS_SCHEMA, type ResultsHeader } from './results.js';

export const RESULTS_V1 = 'oodgrid.results/v1';

/** The one protocol that results of version 1 are of, with its metrics in the order of tables. */
const PROTOCOL = { name: 'fssd-paper', criterion: 'TNR at 95 % TPR' } as const;
const METRICS = [
  { key: 'auroc', title: 'AUROC', isLowerBetter: false, positive: 'id' },
  { key: 'auprIn', title: 'AUPR-IN', isLowerBetter: false, positive: 'id' },
  { key: 'auprOut', title: 'AUPR-OUT', isLowerBetter: false, positive: 'ood' },
  { key: 'fpr80', title: 'FPR80', isLowerBetter: true, positive: 'id' },
  { key: 'fpr95', title: 'FPR95', isLowerBetter: true, positive: 'id' },
  { key: 'tnr95', title: 'TNR95', isLowerBetter: false, positive: 'id' },
  { key: 'detacc', title: 'DetAcc', isLowerBetter: false, positive: 'id' },
] as const satisfies readonly MetricSpec[];

const intervalSchema = z.object({ value: shareSchema, low: shareSchema, high: shareSchema });
type V1Interval = z.infer<typeof intervalSchema>;

const headerSchema = z.object({ schema: z.literal(RESULTS_V1), ...commonHeaderSchema.shape });

const count = z.number().int();
const v1CellSchema = z.object({
  ...cellSchema.omit({ metrics: true, hyperparameters: true, combination: true, counts: true }).shape,
  protocol: z.literal(PROTOCOL.name),
  metrics: z.object({
    auroc: intervalSchema,
    auprIn: intervalSchema,
    auprOut: intervalSchema,
    fpr80: intervalSchema,
    fpr95: intervalSchema,
    tnr95: intervalSchema,
    detacc: intervalSchema,
  }),
  hyperparameters: z.object({
    chosen: z.record(z.string(), z.number()).nullable(),
    isFallback: z.boolean(),
    tnrOfCandidates: z.array(shareSchema),
    regression: z.object({ c: z.number(), coef: z.array(z.number()), intercept: z.number() }),
  }),
  counts: z.object({
    valFitId: count,
    valFitOod: count,
    valSelectId: count,
    valSelectOod: count,
    testId: count,
    testOod: count,
  }),
});

/** A header of version 1 as one of today. */
export function readV1Header(value: unknown): ResultsHeader {
  const header = headerSchema.parse(value);
  return {
    ...header,
    schema: RESULTS_SCHEMA,
    convertedFrom: RESULTS_V1,
    protocol: PROTOCOL,
    metrics: METRICS.map((spec) => ({ ...spec })),
    groups: [],
    groupMeans: [],
    trainingSeeds: [],
  };
}

/** A cell of version 1 as one of today: every number as it was. */
export function readV1Cell(value: unknown): Cell {
  const { protocol: _protocol, metrics, hyperparameters, counts, ...cell } = v1CellSchema.parse(value);
  const { tnrOfCandidates, regression, ...chosen } = hyperparameters;
  const { valFitId, valFitOod, valSelectId, valSelectOod, testId, testOod } = counts;
  const measured = (key: keyof typeof metrics): readonly [string, CellMetric] => [
    key,
    cellMetric(metrics[key], key === 'auroc' ? 'delong' : 'bootstrap-border'),
  ];
  return {
    ...cell,
    metrics: Object.fromEntries(METRICS.map(({ key }) => measured(key))),
    hyperparameters: { ...chosen, criteria: tnrOfCandidates },
    combination: { kind: 'logistic-regression', parameters: regression },
    counts: {
      fit: { id: valFitId, ood: valFitOod },
      select: { id: valSelectId, ood: valSelectOod },
      test: { id: testId, ood: testOod },
    },
  };
}

const cellMetric = ({ value, low, high }: V1Interval, how: CellMetric['how']): CellMetric => ({
  estimate: value,
  interval: { low, high },
  how,
});
