import type { Dashboard } from './dashboard.js';

/** For whoever pays: what is computed, and what of it was needed? */
export const COST_DASHBOARD: Dashboard = {
  uid: 'ood-grid-cost',
  title: 'OOD Grid / cost',
  help: 'Time of devices, what it was spent on, and what the cache and shared passes spared',
  variables: [],
  panels: [
    {
      title: 'Executor hours in the range',
      help: 'Time that executors were there: one for each device or core.',
      kind: 'stat',
      unit: 'short',
      queries: [
        {
          expr: 'sum(avg_over_time(oodgrid_executors[$__range])) * $__range_s / 3600',
          legend: 'there',
        },
        {
          expr: 'sum(increase(oodgrid_executor_busy_seconds_total[$__range])) / 3600',
          legend: 'busy',
        },
      ],
    },
    {
      title: 'Executor seconds, by kind of task',
      help: 'Of tasks that are done, a second.',
      kind: 'stacked',
      unit: 'short',
      queries: [
        { expr: 'sum by (kind) (rate(oodgrid_task_seconds_sum[$__rate_interval]))', legend: '{{kind}}' },
      ],
    },
    {
      title: 'Executors that have nothing to do',
      help: 'Idle ones cost as much as busy ones.',
      kind: 'stacked',
      unit: 'short',
      queries: [{ expr: 'sum by (state) (oodgrid_executors)', legend: '{{state}}' }],
    },
    {
      title: 'Computed in vain',
      help: 'Share of the leases that were not the first of their task: lost, failed, or given to a second worker.',
      kind: 'stat',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum(oodgrid_attempts_total{how="again"}) / clamp_min(sum(oodgrid_attempts_total), 1)',
          legend: 'again',
        },
      ],
    },
    {
      title: 'Results from the cache, by run',
      help: 'Of runs that have not ended.',
      kind: 'lines',
      unit: 'short',
      queries: [{ expr: 'oodgrid_run_reused_units', legend: '{{run}}' }],
    },
    {
      title: 'Passes a second',
      help: 'Forward and gradient passes of one image.',
      kind: 'lines',
      unit: 'ops',
      queries: [{ expr: 'sum by (pass) (rate(oodgrid_passes_total[$__rate_interval]))', legend: '{{pass}}' }],
    },
    {
      title: 'Passes by run',
      help: 'Forward passes of one image that runs have cost so far.',
      kind: 'lines',
      unit: 'short',
      queries: [{ expr: 'oodgrid_run_passes', legend: '{{run}}' }],
    },
    {
      title: 'Models and data sets that were open',
      help: 'Share of the inputs of tasks that executors had open from an earlier task.',
      kind: 'stat',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum(oodgrid_worker_inputs_total{how="open"}) / clamp_min(sum(oodgrid_worker_inputs_total), 1)',
          legend: 'open',
        },
      ],
    },
    {
      title: 'Fetched by workers',
      help: 'Weights and data that came from the coordinator, and what workers keep.',
      kind: 'lines',
      unit: 'bytes',
      queries: [
        {
          expr: 'sum(rate(oodgrid_worker_fetched_bytes_total[$__rate_interval]))',
          legend: 'fetched a second',
        },
        { expr: 'sum by (instance) (oodgrid_worker_blob_bytes)', legend: 'kept by {{instance}}' },
      ],
    },
    {
      title: 'Processor time of the coordinator',
      help: 'Cores, without executors.',
      kind: 'lines',
      unit: 'short',
      queries: [
        {
          expr: 'rate(oodgrid_process_cpu_seconds_total[$__rate_interval]) and on (instance, job) oodgrid_build_info{program="coordinator"}',
          legend: '{{instance}}',
        },
      ],
    },
  ],
};
