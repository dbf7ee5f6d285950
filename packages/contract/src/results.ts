import { z } from 'zod';
import { referencesSchema } from './citation.js';
import { OodError } from './errors.js';
import { chosenOnSchema, groupMemberSchema, trainingSeedsSchema } from './evaluation.js';
import { digestSchema, runIdSchema } from './ids.js';
import { type CellMetric, cellMetricsSchema, metricSpecSchema, shareSchema } from './metric-specs.js';
import { workCountsSchema } from './tasks.js';
import { warningSchema } from './warnings.js';

export const RESULTS_SCHEMA = 'oodgrid.results/v2';

const count = z.number().int().min(0);
const sidesSchema = z.object({ id: count, ood: count });

/** In the run's folder and nowhere else: results come from a coordinator, and their reader writes a file of this name. */
const scoresFileSchema = z.string().regex(/^scores\/[^/\\\p{Cc}]{1,250}\.npz$/u);

/** One row of the final table. */
export const cellSchema = z.object({
  /** Key of the grid row: the method's name, or what `as` says. */
  method: z.string(),
  title: z.string(),
  id: z.string(),
  ood: z.string(),
  model: z.string(),
  metrics: cellMetricsSchema,
  hyperparameters: z.object({
    /** The setting that was selected, or the method's own where the protocol selects none; null where there is nothing to choose. */
    chosen: z.record(z.string(), z.number()).nullable(),
    /** True when no setting was good enough and the method's own was taken. */
    isFallback: z.boolean(),
    /** The protocol's criterion of every setting, in the method's order; empty where nothing was selected. */
    criteria: z.array(z.number()),
  }),
  /** How the method's columns were combined into one score. */
  combination: z.object({
    /** `logistic-regression`, `first-column`. */
    kind: z.string(),
    /** Fitted parameters of the combination. */
    parameters: z.record(z.string(), z.union([z.number(), z.array(z.number())])),
  }),
  /** Samples that fitted the combination, selected the setting, and tested. */
  counts: z.object({ fit: sidesSchema, select: sidesSchema, test: sidesSchema }),
  /** Per-sample scores: file relative to the run's folder, SHA-256 of the float64 arrays. */
  scores: z.object({ file: scoresFileSchema, id: digestSchema, ood: digestSchema }),
  /** Compute time of the tasks behind the cell; a task that serves several cells counts in each. */
  seconds: z.number().min(0),
});
export type Cell = z.infer<typeof cellSchema>;

/** Returns a row's value of one of the results' metrics. */
export function metricOf({ metrics, method }: Pick<Cell, 'metrics' | 'method'>, key: string): CellMetric {
  const found = Object.hasOwn(metrics, key) ? metrics[key] : undefined;
  if (found === undefined) throw new OodError('corrupt-data', `row "${method}" has no metric "${key}"`);
  return found;
}

/** DeLong's paired test between two rows on the test samples that both have. */
const comparisonSchema = z.object({
  id: z.string(),
  ood: z.string(),
  model: z.string(),
  a: z.string(),
  b: z.string(),
  /** AUROC of a minus AUROC of b on the shared samples. */
  difference: z.number(),
  p: shareSchema,
  /** log10 of p: says how small a p below 1e-308 is, which is 0 here. Null where p is exactly 0; results of older versions have none. */
  log10P: z.number().nullable().default(null),
  samplesId: z.number().int(),
  samplesOod: z.number().int(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/**
 * The unweighted mean of a row's AUROCs over the OOD sets of a group, which share their ID samples: interval and paired test are of the mean (DeLong's
 * components, averaged over the sets before their variance is taken).
 */
const groupMeanSchema = z.object({
  id: z.string(),
  model: z.string(),
  group: z.string(),
  method: z.string(),
  auroc: z.object({ value: shareSchema, low: shareSchema, high: shareSchema }),
  /** Against the row with the highest mean; null for that row, and where they share no test sample. */
  toBest: z
    .object({
      /** The row's mean minus the best one's, on the shared samples. */
      difference: z.number(),
      p: shareSchema,
      log10P: z.number().nullable(),
      samplesId: count,
      samplesOod: count,
    })
    .nullable(),
});
export type GroupMean = z.infer<typeof groupMeanSchema>;

/** Accuracy of a model on the whole test set of an ID data set. */
const accuracySchema = z.object({
  model: z.string(),
  id: z.string(),
  /** Share classified correctly, with Wilson's 95 % interval. */
  accuracy: z.object({ value: shareSchema, low: shareSchema, high: shareSchema }),
  correct: z.number().int().min(0),
  samples: z.number().int().min(1),
  /** Expected calibration error by the largest softmax probability, with a bootstrap's 95 % interval; where the grid asks for it. */
  calibration: z
    .object({ value: shareSchema, low: shareSchema, high: shareSchema, bins: z.number().int().min(1) })
    .exactOptional(),
  /** Accuracy that the model's card states for its own test set; null without a card. */
  cardAccuracy: shareSchema.nullable(),
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

export const comparisonsSchema = z.array(comparisonSchema);

/** Fields shared by every version of the results, apart from cells and comparisons. */
export const commonHeaderSchema = z.object({
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
  /** Of every model of a row on every ID test set. Results of older versions have none. */
  accuracies: z.array(accuracySchema).default([]),
  /** Signs of something wrong; no part of the digest. */
  warnings: z.array(warningSchema).default([]),
  /** Works to cite; not part of the digest. Older versions of the results have none. */
  references: referencesSchema.default([]),
  digest: digestSchema,
});

/** Results without what there is one of for each row. */
export const resultsHeaderSchema = z.object({
  schema: z.literal(RESULTS_SCHEMA),
  /** The version that these results had when they were written; absent where it was this one. The digest is of that version. */
  convertedFrom: z.string().exactOptional(),
  ...commonHeaderSchema.shape,
  /** The evaluation protocol. */
  protocol: z.object({
    name: z.string(),
    /** Criterion that selected the settings, as text: `TNR at 95 % TPR`; null where each method's default setting was taken. */
    criterion: z.string().nullable(),
    /** What data settings were selected on; absent where the protocol says so itself. */
    chosenOn: chosenOnSchema.exactOptional(),
    /** Covariate-shifted sets whose samples are ID test samples too; absent where there are none. */
    fullSpectrum: z.array(z.string()).exactOptional(),
    /** SHA-256 of the file that it was taken from; absent where it is one of the catalog. */
    module: digestSchema.exactOptional(),
  }),
  /** Metrics measured for every cell, in the order of the tables' columns. Rows are ranked by the first. */
  metrics: z.array(metricSpecSchema).min(1),
  /** OOD sets whose numbers are averaged; no part of the digest, whose grid has them. Older results have none. */
  groups: z.array(groupMemberSchema).default([]),
  /** AUROCs averaged over those sets, for each model; no part of the digest: they follow from scores. Older results have none. */
  groupMeans: z.array(groupMeanSchema).default([]),
  /** Models whose numbers are averaged; no part of the digest either. */
  trainingSeeds: z.array(trainingSeedsSchema).default([]),
});
export type ResultsHeader = z.infer<typeof resultsHeaderSchema>;

export const resultsSchema = z.object({
  ...resultsHeaderSchema.shape,
  cells: z.array(cellSchema),
  comparisons: comparisonsSchema,
});
export type Results = z.infer<typeof resultsSchema>;
