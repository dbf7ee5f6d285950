import { z } from 'zod';
import { referencesSchema } from './citation.js';
import { digestSchema, runIdSchema } from './ids.js';
import type { MetricKey } from './metric-specs.js';
import { workCountsSchema } from './tasks.js';
import { warningSchema } from './warnings.js';

export const RESULTS_SCHEMA = 'oodgrid.results/v1';

const share = z.number().min(0).max(1);
const intervalSchema = z.object({ value: share, low: share, high: share });
export type MetricInterval = z.infer<typeof intervalSchema>;

/**
 * Metrics of the `fssd-paper` protocol, those of `METRIC_SPECS`, with 95 % intervals: DeLong's, with Newcombe's at the border, for AUROC, a stratified bootstrap's
 * with score intervals at the border for the others (docs/intervals.md). ID is the positive class everywhere, also in `fpr80` and `fpr95`; `auprOut` has OOD positive.
 */
const metricsSchema = z.object({
  auroc: intervalSchema,
  auprIn: intervalSchema,
  auprOut: intervalSchema,
  fpr80: intervalSchema,
  fpr95: intervalSchema,
  tnr95: intervalSchema,
  detacc: intervalSchema,
} satisfies Record<MetricKey, typeof intervalSchema>);
export type CellMetrics = z.infer<typeof metricsSchema>;

/** One row of the final table. */
const cellSchema = z.object({
  /** Key of the grid row: the method's name, or what `as` says. */
  method: z.string(),
  title: z.string(),
  id: z.string(),
  ood: z.string(),
  model: z.string(),
  protocol: z.string(),
  metrics: metricsSchema,
  hyperparameters: z.object({
    /** The setting chosen on valSelect; null where there is nothing to choose. */
    chosen: z.record(z.string(), z.number()).nullable(),
    /** True when no setting had a TNR above 0 and the protocol's fallback was taken. */
    isFallback: z.boolean(),
    /** TNR at 95 % TPR on valSelect of every setting, in the protocol's order. */
    tnrOfCandidates: z.array(share),
    /** The logistic regression over the method's columns. */
    regression: z.object({ c: z.number(), coef: z.array(z.number()), intercept: z.number() }),
  }),
  counts: z.object({
    valFitId: z.number().int(),
    valFitOod: z.number().int(),
    valSelectId: z.number().int(),
    valSelectOod: z.number().int(),
    testId: z.number().int(),
    testOod: z.number().int(),
  }),
  /** Per-sample scores: file relative to the run's folder, SHA-256 of the float64 arrays. */
  scores: z.object({ file: z.string(), id: digestSchema, ood: digestSchema }),
  /** Compute time of the tasks behind the cell; a task that serves several cells counts in each. */
  seconds: z.number().min(0),
});
export type Cell = z.infer<typeof cellSchema>;

/** DeLong's paired test between two rows on the test samples that both have. */
const comparisonSchema = z.object({
  id: z.string(),
  ood: z.string(),
  model: z.string(),
  a: z.string(),
  b: z.string(),
  /** AUROC of a minus AUROC of b on the shared samples. */
  difference: z.number(),
  p: share,
  /** log10 of p: says how small a p below 1e-308 is, which is 0 here. Null where p is exactly 0; results of older versions have none. */
  log10P: z.number().nullable().default(null),
  samplesId: z.number().int(),
  samplesOod: z.number().int(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** How well a model classifies the whole test set of an ID data set. */
const accuracySchema = z.object({
  model: z.string(),
  id: z.string(),
  /** Share classified correctly, with Wilson's 95 % interval. */
  accuracy: intervalSchema,
  correct: z.number().int().min(0),
  samples: z.number().int().min(1),
  /** What the model's card says of its own test set; null where there is no card. */
  cardAccuracy: share.nullable(),
});
export type Accuracy = z.infer<typeof accuracySchema>;

const environmentSchema = z.object({
  engine: z.string(),
  engineVersion: z.string(),
  device: z.string(),
  numericsClass: z.string(),
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
});
export type Environment = z.infer<typeof environmentSchema>;

export const resultsSchema = z.object({
  schema: z.literal(RESULTS_SCHEMA),
  run: z.object({
    id: runIdSchema,
    name: z.string(),
    startedAt: z.iso.datetime(),
    seconds: z.number().min(0),
    workers: z.number().int().min(1),
    tasks: z.number().int(),
    /** Results taken from the cache instead of computed. */
    cachedUnits: z.number().int(),
    work: workCountsSchema,
  }),
  /** The grid as it was resolved: no paths, every default filled in. */
  grid: z.record(z.string(), z.unknown()),
  environment: environmentSchema,
  cells: z.array(cellSchema),
  comparisons: z.array(comparisonSchema),
  /** Of every model of a row on every ID test set. Results of older versions have none. */
  accuracies: z.array(accuracySchema).default([]),
  /** Signs of something wrong; no part of the digest. */
  warnings: z.array(warningSchema).default([]),
  /** What to cite; no part of the digest. Results of older versions have none. */
  references: referencesSchema.default([]),
  digest: digestSchema,
});
export type Results = z.infer<typeof resultsSchema>;
