import type { RecordingRule } from './rule.js';

export const RECORDING_RULES: readonly RecordingRule[] = [
  {
    name: 'pool:oodgrid_ready_tasks:sum',
    expr: () => 'sum by (pool) (oodgrid_ready_tasks)',
  },
  {
    name: 'pool:oodgrid_workers_working:sum',
    expr: () => 'sum by (pool) (oodgrid_workers{state="connected"})',
  },
  {
    name: 'kind:oodgrid_tasks_computed:rate5m',
    expr: (min) => `sum by (kind) (rate(oodgrid_tasks_done_total{how="computed"}[${min(5)}]))`,
  },
  {
    name: 'kind:oodgrid_images:rate5m',
    expr: (min) => `sum by (kind) (rate(oodgrid_images_total[${min(5)}]))`,
  },
  {
    name: 'instance:oodgrid_executor_busy:ratio5m',
    expr: (min) => `avg by (instance) (rate(oodgrid_executor_busy_seconds_total[${min(5)}]))`,
  },
  {
    name: 'instance:oodgrid_commit_seconds:p99_5m',
    expr: (min) =>
      `histogram_quantile(0.99, sum by (instance, le) (rate(oodgrid_commit_seconds_bucket[${min(5)}])))`,
  },
];
