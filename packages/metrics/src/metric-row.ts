/** Programs that offer metrics. */
export const PROGRAMS = ['coordinator', 'worker'] as const;
export type Program = (typeof PROGRAMS)[number];

/** Unit of a metric: seconds for times, bytes for sizes. */
export type Unit =
  | 'seconds'
  | 'bytes'
  | 'tasks'
  | 'runs'
  | 'cells'
  | 'workers'
  | 'places'
  | 'images'
  | 'passes'
  | 'messages'
  | 'records'
  | 'events'
  | 'tensors'
  | 'processes'
  | 'ratio'
  | 'truth';

/**
 * Values that a label may have: a closed list, or any, of which only the first `most` of a scrape are told apart, so that nobody can
 * make the number of series grow. What is beyond is counted under the value `other`, or (where adding up says nothing) left out.
 */
export type LabelValues =
  | readonly string[]
  | { readonly most: number; readonly beyond: 'other' | 'left out' };

/** One row of the table: all that is known of a metric. */
export type MetricRow = {
  readonly help: string;
  readonly unit: Unit;
  readonly of: readonly Program[];
  readonly labels: Readonly<Record<string, LabelValues>>;
  /** Fewer than the product of its labels, where that would be many. */
  readonly mostSeries?: number;
} & (
  | { readonly kind: 'counter' | 'gauge' }
  /** Upper bounds in ascending order; what is above the last is counted as well. */
  | { readonly kind: 'histogram'; readonly buckets: readonly number[] }
);
