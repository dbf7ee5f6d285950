import { ERROR_CODES } from '@oodgrid/contract';

/** Numerics classes that a cluster has, as a rule one to three. `any`: of runs that have none yet. */
export const POOLS = { most: 20, beyond: 'other' } as const;

/** Runs that have not ended: only they have series, which go with them. */
export const RUNS = { most: 50, beyond: 'left out' } as const;

export const KINDS = ['fit', 'sweep', 'score'] as const;

export const STATES = [
  'waiting',
  'ready',
  'queued',
  'running',
  'done',
  'failed',
  'quarantined',
  'cancelled',
] as const;

export const CODES = ERROR_CODES;

/** From ten milliseconds to half an hour. */
export const TASK_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 1800] as const;

/** From a fast disk to one that nobody should have. */
export const COMMIT_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5,
] as const;
