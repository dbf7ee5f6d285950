import type { Dashboard } from './dashboard.js';

/** For the researcher: how far is my run, and what keeps it? */
export const RUN_DASHBOARD: Dashboard = {
  uid: 'ood-grid-run',
  title: 'OOD Grid / runs',
  help: 'How far runs are, what is known of them already, and where their time goes',
  variables: [{ name: 'run', label: 'Run', metric: 'oodgrid_run_seconds' }],
  panels: [
    {
      title: 'Tasks done',
      help: 'Share of the tasks of each run that are done. Merging begins when it is 100 %.',
      kind: 'stat',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum by (run) (oodgrid_run_tasks{run=~"$run", state="done"}) / sum by (run) (oodgrid_run_tasks{run=~"$run"})',
          legend: '{{run}}',
        },
      ],
    },
    {
      title: 'Cells',
      help: 'Rows of the table: merged, of all.',
      kind: 'stat',
      unit: 'short',
      queries: [{ expr: 'oodgrid_run_cells{run=~"$run"}', legend: '{{run}} {{state}}' }],
    },
    {
      title: 'Time left, about',
      help: 'Tasks that are left, by the rate at which tasks come to an end now. Tasks take different times, so it jumps at first.',
      kind: 'stat',
      unit: 's',
      queries: [
        {
          expr: 'sum by (run) (oodgrid_run_tasks{run=~"$run", state=~"waiting|ready|queued|running"}) / clamp_min(sum by (run) (deriv(oodgrid_run_tasks{run=~"$run", state="done"}[$__rate_interval])), 1e-9)',
          legend: '{{run}}',
        },
      ],
    },
    {
      title: 'Tasks by state',
      help: 'waiting: for a fit or a choice. ready: nobody has it. queued: on offer. running: leased.',
      kind: 'stacked',
      unit: 'short',
      queries: [{ expr: 'sum by (state) (oodgrid_run_tasks{run=~"$run"})', legend: '{{state}}' }],
    },
    {
      title: 'Provisional AUROC',
      help: 'On the scores that are there so far. A cell that is not listed has too few yet, or its setting is chosen at the end.',
      kind: 'table',
      unit: 'percentunit',
      queries: [{ expr: 'topk(50, oodgrid_run_partial_auroc{run=~"$run"})', legend: '{{cell}}' }],
    },
    {
      title: 'Images a second, by kind of task',
      help: 'Of tasks that came to an end in the window; results from the cache are not counted.',
      kind: 'lines',
      unit: 'ops',
      queries: [{ expr: 'sum by (kind) (rate(oodgrid_images_total[$__rate_interval]))', legend: '{{kind}}' }],
    },
    {
      title: 'Where the time of a task goes',
      help: 'Median and 95th percentile: waiting in the queue, and being computed.',
      kind: 'lines',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.5, sum by (le) (rate(oodgrid_task_queue_seconds_bucket[$__rate_interval])))',
          legend: 'queue, median',
        },
        {
          expr: 'histogram_quantile(0.95, sum by (le) (rate(oodgrid_task_queue_seconds_bucket[$__rate_interval])))',
          legend: 'queue, 95 %',
        },
        {
          expr: 'histogram_quantile(0.5, sum by (le) (rate(oodgrid_task_seconds_bucket[$__rate_interval])))',
          legend: 'computed, median',
        },
        {
          expr: 'histogram_quantile(0.95, sum by (le) (rate(oodgrid_task_seconds_bucket[$__rate_interval])))',
          legend: 'computed, 95 %',
        },
      ],
    },
    {
      title: 'Failures, by error code',
      help: 'Attempts that failed by the fault of their task: "ood-cli show RUN" has the messages.',
      kind: 'lines',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (code) (increase(oodgrid_attempts_failed_total[$__rate_interval]))',
          legend: '{{code}}',
        },
      ],
    },
    {
      title: 'From the cache',
      help: 'Share of the results that were there from an earlier run.',
      kind: 'stat',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum(oodgrid_units_done_total{how="reused"}) / clamp_min(sum(oodgrid_units_done_total), 1)',
          legend: 'reused',
        },
      ],
    },
    {
      title: 'Oldest task',
      help: 'Age of the oldest lease of each run: far above the 95th percentile, it is a straggler.',
      kind: 'lines',
      unit: 's',
      queries: [{ expr: 'oodgrid_run_oldest_lease_seconds{run=~"$run"}', legend: '{{run}}' }],
    },
    {
      title: 'Time since the submission',
      help: 'Of runs that have not ended.',
      kind: 'stat',
      unit: 's',
      queries: [{ expr: 'oodgrid_run_seconds{run=~"$run"}', legend: '{{run}}' }],
    },
    {
      title: 'Share of the cluster',
      help: 'Leases of each run. Runs of one priority share; a higher one goes first.',
      kind: 'stacked',
      unit: 'short',
      queries: [{ expr: 'oodgrid_run_leases{run=~"$run"}', legend: '{{run}}' }],
    },
    {
      title: 'Runs that ended in the range',
      help: 'By how.',
      kind: 'stat',
      unit: 'short',
      queries: [
        { expr: 'sum by (status) (increase(oodgrid_runs_ended_total[$__range]))', legend: '{{status}}' },
      ],
    },
    {
      title: 'Runs, and those that are held up',
      help: 'Held up: it cannot go on until somebody does something. "ood-cli runs" says what.',
      kind: 'lines',
      unit: 'short',
      queries: [
        { expr: 'sum by (status) (oodgrid_runs)', legend: '{{status}}' },
        { expr: 'sum(oodgrid_runs_held_up)', legend: 'held up' },
      ],
    },
  ],
};
