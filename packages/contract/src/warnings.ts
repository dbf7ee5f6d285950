import { z } from 'zod';

/**
 * Every sign of something wrong that results may carry. The list is closed; docs/warnings.md says of each what to do.
 * None of them changes a number, and none is part of the digest.
 */
export const WARNING_CODES = [
  'accuracy-at-chance', // a model classifies an ID test set no better than by guessing
  'accuracy-below-card', // clearly worse than its card says
  'accuracy-low', // more than half of the ID test set is classified wrongly
  'chosen-on-test', // settings are chosen on samples of an OOD set that is tested
  'class-imbalance', // nearly all samples of an ID test set have one label
  'class-missing', // classes of the model have no sample in an ID test set
  'constant-scores', // a method gives every test sample the same score
  'duplicates-in-set', // a set holds the same image more than once
  'few-test-samples', // too few test samples on a side for its numbers to mean much
  'id-in-ood', // an OOD test set holds images of the ID set
  'interval-at-border', // a metric of few samples is exactly 0 or 1
  'labels-missing', // an ID test set has no labels, so that no accuracy is known
  'normalisation-far-off', // normalised images are far from mean 0 and standard deviation 1
  'orientation', // a method's scores rank OOD samples above ID ones, as if higher meant out-of-distribution
  'scores-given', // scores of a row were computed elsewhere
  'train-in-test', // an ID test set holds images of its train set
  'values-inconsistent', // what was exported of a set contradicts itself: logits that are not features x weight + bias
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** The cell, model or data set that a warning concerns, as far as it has one. */
const placeSchema = z.object({
  id: z.string().optional(),
  ood: z.string().optional(),
  model: z.string().optional(),
  /** Key of the grid row. */
  method: z.string().optional(),
  split: z.enum(['test', 'train']).optional(),
});

export const warningSchema = z.object({
  code: z.enum(WARNING_CODES),
  /** `serious`: the numbers probably do not mean what they should; `notice`: worth knowing, as it is of well-known sets. */
  severity: z.enum(['serious', 'notice']),
  message: z.string(),
  place: placeSchema,
  /** Number of samples concerned, where it is counted. */
  count: z.number().int().min(0).optional(),
  /** Positions of two equal images: in one set, or in the sets that the message names, in its order. */
  example: z.tuple([z.number().int().min(0), z.number().int().min(0)]).optional(),
});
export type ResultWarning = z.infer<typeof warningSchema>;

/** Serious ones first, else in the order given. */
export const bySeverity = (warnings: readonly ResultWarning[]): ResultWarning[] => [
  ...warnings.filter(({ severity }) => severity === 'serious'),
  ...warnings.filter(({ severity }) => severity !== 'serious'),
];
