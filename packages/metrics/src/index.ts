export { BucketCounts } from './bucket-counts.js';
export { DASHBOARDS } from './dashboards/catalog.js';
export type { Dashboard, Panel, PanelQuery } from './dashboards/dashboard.js';
export { Exposition, metricsOf } from './exposition.js';
export type { MetricRow, Program } from './metric-row.js';
export { METRICS, type MetricName } from './metric-table.js';
export { metricsPage } from './metrics-page.js';
export {
  addressOf,
  hostAndPort,
  type MetricsServer,
  type MetricsServerOptions,
  serveMetrics,
} from './metrics-server.js';
export { ALERTS } from './rules/catalog.js';
export { RECORDING_RULES } from './rules/recording.js';
export type { AlertRule, Minutes, RecordingRule } from './rules/rule.js';
export { rulesFile } from './rules/rules-file.js';
export { runbookPages, runbookPath } from './rules/runbook.js';
export { mostSeries, SampleSet } from './sample-set.js';
export { NODE_METRICS } from './table/common.js';
export { COMMIT_SECONDS, TASK_SECONDS } from './table/labels.js';
