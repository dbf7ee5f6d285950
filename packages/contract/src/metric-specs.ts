import { z } from 'zod';
import { visibleName } from './visible-name.js';

const metricKeySchema = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,39}$/)
  .describe('a small letter, then letters and digits, 40 at most');

/** Definition of a metric: key, title, direction and positive class. */
export const metricSpecSchema = z.object({
  /** Its name in `cells[].metrics`. */
  key: metricKeySchema,
  /** Its name as the field prints it. */
  title: visibleName(40),
  isLowerBetter: z.boolean(),
  /** The class that counts as positive. */
  positive: z.enum(['id', 'ood']),
  /** What it counts beside that, for the note below tables: a clause. */
  note: visibleName(200).exactOptional(),
});
export type MetricSpec = Readonly<z.infer<typeof metricSpecSchema>>;

/** Key of the metric that rows are ranked by and paired tests are made on: the first one of every protocol. */
export const RANKED_BY = 'auroc';

/**
 * Kind of a metric's 95 % interval. `delong`: DeLong's, with Newcombe's score interval at the border. `bootstrap-border`: the percentiles of
 * a stratified bootstrap, with a score interval at the border. `bootstrap`: those percentiles alone. docs/intervals.md has all.
 */
const INTERVAL_KINDS = ['delong', 'bootstrap-border', 'bootstrap'] as const;
export type IntervalKind = (typeof INTERVAL_KINDS)[number];

/** In [0, 1]. */
export const shareSchema = z.number().min(0).max(1);

const cellMetricSchema = z.object({
  estimate: shareSchema,
  /** 95 %. */
  interval: z.object({ low: shareSchema, high: shareSchema }),
  how: z.enum(INTERVAL_KINDS),
});
/** Value and interval of one metric for one row. */
export type CellMetric = z.infer<typeof cellMetricSchema>;

/** By key, those of the results' `metrics`. */
export const cellMetricsSchema = z.record(metricKeySchema, cellMetricSchema);
