import { z } from 'zod';
import { digestSchema } from './ids.js';
import { visibleName } from './visible-name.js';

const name = visibleName(200);
const count = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31);

/** One setting of a method's hyper-parameters, for example `{magnitude: 0.004, temperature: 1000}`. */
const candidateSchema = z.record(name, z.number());
export type Candidate = Readonly<z.infer<typeof candidateSchema>>;

/** Order in which the protocol cuts a test set: `file` keeps the file's order, `permuted` shuffles by the protocol's seed. */
const splitOrderSchema = z.enum(['file', 'permuted']);
export type SplitOrder = z.infer<typeof splitOrderSchema>;

/** Whether a method scores taps of a forward pass, or of a pass whose input was moved along a gradient. */
export const passSchema = z.enum(['forward', 'gradient']);
export type Pass = z.infer<typeof passSchema>;

/** Passes per sample beyond the one that all methods of a task share. */
const passCountsSchema = z.object({ forwards: z.number().min(0), gradients: z.number().min(0) });
export type PassCounts = Readonly<z.infer<typeof passCountsSchema>>;

/**
 * The engine's arithmetic that tells whether a model works at all: of each sample the class that it predicts, and
 * the label. Planned beside the methods of every grid, for every model and ID test set.
 */
export const PREDICTIONS = { compute: 'predictions', revision: 1, columns: ['predicted', 'label'] } as const;

/** The engine's arithmetic of a model's confidence, which calibration is measured by. It is that of the method `baseline`: planned once. */
export const MAX_SOFTMAX = { compute: 'msp', revision: 1, columns: ['msp'] } as const;

/**
 * The engine's arithmetic that passes scores on which were computed elsewhere: they come as the fitted state `scores` [n], n the size
 * of the test set.
 */
export const GIVEN_SCORES = { compute: 'given-scores', revision: 1, columns: ['score'] } as const;

/**
 * The planner's view of one configured method: plain data, so that a coordinator plans a grid
 * without loading a tensor library. `planMethod` of `@oodgrid/methods` makes it from the method's own file.
 */
export const methodPlanSchema = z.object({
  /** Name of the arithmetic; several grid rows may share one (MSP serves three). */
  compute: name,
  /** Bumped when the arithmetic changes; part of every cache key. */
  revision: count,
  /** Digest of the user's module that holds the arithmetic; absent for methods of the catalog. Part of every cache key. */
  module: digestSchema.exactOptional(),
  /** The part of every setting that is not chosen; part of every cache key. */
  options: z.record(z.string(), z.unknown()),
  /** Order in which the protocol splits this method's samples into valFit, valSelect and test. */
  splitOrder: splitOrderSchema,
  /**
   * `forward`: needs taps of the canonical pass only (file order, sliced freely); all settings are scored from one pass.
   * `gradient`: perturbs inputs with gradients taken over the protocol's permuted batches.
   */
  pass: passSchema,
  /** Source of the fit: none, the ID train set, or the row's `fitSet`, whose pixels become (u8 - offset) / 255. */
  fit: z.union([z.enum(['none', 'train']), z.object({ offset: z.number() })]),
  /** Samples that the fit needs at least. */
  fitMinimum: count.exactOptional(),
  /** Hyper-parameter settings in the protocol's order; empty when there is nothing to choose. */
  candidates: z.array(candidateSchema).max(10_000).readonly(),
  /** Index of the candidate that is used when no candidate has a TNR above 0. */
  fallbackCandidate: count,
  /** Names of the feature columns that each sample gets per candidate (one per layer, or one in all). */
  columns: z.array(name).min(1).max(1000).readonly(),
  /** Names of the models whose scores are averaged (Deep Ensemble) or used instead of the cell's (OE); empty = the cell's model. */
  models: z.array(name).max(1000).readonly(),
  /** For estimates: `sweep` of all settings at once, `score` of one. */
  cost: z.object({ sweep: passCountsSchema, score: passCountsSchema }),
});
export type MethodPlan = Readonly<z.infer<typeof methodPlanSchema>>;
