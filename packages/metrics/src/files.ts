// The entry of what is generated, tested and drawn from the table; programs of a cluster do not load it.
export { DASHBOARDS } from './dashboards/catalog.js';
export type { Dashboard, Panel, PanelQuery } from './dashboards/dashboard.js';
export { metricsPage } from './metrics-page.js';
export { ALERTS } from './rules/catalog.js';
export { RECORDING_RULES } from './rules/recording.js';
export type { AlertRule, Minutes, RecordingRule } from './rules/rule.js';
export { rulesFile } from './rules/rules-file.js';
export { runbookPages, runbookPath } from './rules/runbook.js';
