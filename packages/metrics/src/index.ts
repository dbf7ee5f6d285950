export { BucketCounts } from './bucket-counts.js';
export type { MetricRow, Program } from './metric-row.js';
export { METRICS, type MetricName } from './metric-table.js';
export {
  addressOf,
  hostAndPort,
  METRICS_ROUTES,
  type MetricsServer,
  type MetricsServerOptions,
  serveMetrics,
} from './metrics-server.js';
export { SampleSet } from './sample-set.js';
export { NODE_METRICS } from './table/common.js';
export { COMMIT_SECONDS, TASK_SECONDS } from './table/labels.js';
export {
  NO_TRACING,
  openTracing,
  parseTraceparent,
  type TraceSpan,
  type Tracing,
} from './traces/tracing.js';
