import { z } from 'zod';
import { referencesSchema } from './citation.js';
import { chosenOnSchema, trainingSeedsSchema } from './evaluation.js';
import { digestSchema } from './ids.js';
import { methodPlanSchema } from './method-plan.js';
import { dataRefSchema, modelSpecSchema, normalisationSchema } from './tasks.js';
import { visibleName } from './visible-name.js';
import { warningSchema } from './warnings.js';

const name = visibleName(200);
const count = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31);

/** One split of a data set: where its images are and how many. */
const resolvedSplitSchema = z.object({
  ref: dataRefSchema,
  count,
  /** True where the split has no labels: accuracy is not measured on it, and no method fits on it. */
  isUnlabelled: z.literal(true).exactOptional(),
});
export type ResolvedSplit = Readonly<z.infer<typeof resolvedSplitSchema>>;

const resolvedDatasetSchema = z.object({
  name,
  test: resolvedSplitSchema,
  /** Present where a method of the grid fits on it. */
  train: resolvedSplitSchema.exactOptional(),
  /** Normalisation when this data set is the ID one; absent for sets that are only OOD. */
  normalisation: normalisationSchema.exactOptional(),
});
export type ResolvedDataset = Readonly<z.infer<typeof resolvedDatasetSchema>>;

/** A method of the grid, for one architecture. */
const resolvedRowSchema = z.object({
  /** Key in every table. */
  row: name,
  title: name,
  /** Plan of the method for each model of the grid, by the model's name. */
  plans: z.record(z.string(), methodPlanSchema),
  /** The data set that the method brings to fit on, as FSSD its noise images; null where it brings none. */
  fitSet: z.object({ ref: dataRefSchema, count }).nullable(),
  /**
   * Scores that were computed elsewhere, instead of plans: blobs by the names of the model, of a pair's ID set and of the set that is
   * scored, which is one of the pair's two. Each is safetensors of F32 `scores` [n], in the order of the set's file.
   */
  scores: z.record(z.string(), z.record(z.string(), z.record(z.string(), digestSchema))).exactOptional(),
});
export type ResolvedRow = Readonly<z.infer<typeof resolvedRowSchema>>;

/** A grid in which every name has become content: what the planner reads, without any path. */
export const resolvedGridSchema = z.object({
  name,
  /** Of the names that the coordinator knows; planning refuses others. */
  protocol: name,
  seed: count,
  bootstrapReplicates: z.number().int().min(0).max(1_000_000),
  /** Models of the cells, in the grid's order. */
  models: z.array(modelSpecSchema).min(1).max(1000).readonly(),
  /** Models that rows use beside those: ensemble members, outlier-exposed models. */
  auxiliaryModels: z.array(modelSpecSchema).max(1000).readonly(),
  datasets: z.array(resolvedDatasetSchema).min(1).max(1000).readonly(),
  pairs: z
    .array(
      z.object({
        id: name,
        ood: name,
        /** The group whose mean it goes into, such as `near`. */
        group: name.exactOptional(),
      }),
    )
    .min(1)
    .max(10_000)
    .readonly(),
  rows: z.array(resolvedRowSchema).min(1).max(1000).readonly(),
  /** What data settings are chosen on, where the protocol leaves that to the grid. */
  chooseOn: chosenOnSchema.exactOptional(),
  /** Sets whose test samples are ID test samples too: covariate shifts of the one ID set. */
  fullSpectrum: z.array(name).min(1).max(100).readonly().exactOptional(),
  /** Rows beside `rows`: the mean ranks of those that are named. */
  ensembles: z
    .array(z.object({ name, rows: z.array(name).min(2).max(100).readonly() }))
    .max(1000)
    .readonly()
    .exactOptional(),
  /** Families of metrics beside the protocol's own; planning refuses names that the coordinator does not know. */
  measure: z.array(name).max(100).readonly().exactOptional(),
  /** Models that differ in nothing but the seed of their training: results have their mean and standard deviation. */
  trainingSeeds: z.array(trainingSeedsSchema).max(1000).readonly().exactOptional(),
  /** Memory that a task of each model needs, by the model's name: for placement only. */
  memoryBytes: z.record(z.string(), z.number().min(0)),
  /** Accuracies stated by the models' cards, by the model's name, for comparison. */
  cardAccuracies: z.record(z.string(), z.number().min(0).max(1)).exactOptional(),
  /** Warnings found when the grid was resolved; copied into the results. */
  warnings: z.array(warningSchema).max(10_000).readonly().exactOptional(),
  /** Works to cite; copied into the results. */
  references: referencesSchema.exactOptional(),
});
export type ResolvedGrid = Readonly<z.infer<typeof resolvedGridSchema>>;
