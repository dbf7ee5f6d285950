import { PREDICTIONS } from '@oodgrid/protocol';

/**
 * Revision of each arithmetic, part of every cache key: bump it when the numbers that a method's file
 * gives change, and scores of the older revision are not used any more. Apart from the methods, so that a
 * planner reads it without loading a tensor library.
 */
export const REVISIONS = {
  msp: 1,
  odin: 1,
  mahalanobis: 1,
  'mc-dropout': 1,
  fssd: 1,
  predictions: PREDICTIONS.revision,
} as const;

export type ComputeName = keyof typeof REVISIONS;
