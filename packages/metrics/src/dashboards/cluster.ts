import type { Dashboard } from './dashboard.js';
import { WORKER_PANELS } from './worker-panels.js';

/** For the operator: is the cluster well? */
export const CLUSTER_DASHBOARD: Dashboard = {
  uid: 'ood-grid-cluster',
  title: 'OOD Grid / cluster',
  help: 'Workers, leases, the store and the queue',
  variables: [{ name: 'pool', label: 'Numerics class', metric: 'oodgrid_ready_tasks' }],
  panels: [
    {
      title: 'Programs, by version',
      help: 'More than one version for long is an upgrade that nobody finished.',
      kind: 'stat',
      unit: 'short',
      queries: [
        { expr: 'count by (program, version) (oodgrid_build_info)', legend: '{{program}} {{version}}' },
      ],
    },
    {
      title: 'Ready',
      help: 'What /readyz says of each program.',
      kind: 'stat',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (program) (oodgrid_ready * on (instance, job) group_left (program) oodgrid_build_info)',
          legend: '{{program}}',
        },
      ],
    },
    {
      title: 'Workers',
      help: 'By what they are. Set aside: given no tasks, because of what went wrong on them; "ood-cli workers" says why.',
      kind: 'stacked',
      unit: 'short',
      queries: [
        { expr: 'sum by (pool, state) (oodgrid_workers{pool=~"$pool"})', legend: '{{pool}} {{state}}' },
      ],
    },
    {
      title: 'Tasks by state',
      help: 'Of all runs that have not ended. waiting: for a fit or a choice. queued: on offer. running: leased.',
      kind: 'stacked',
      unit: 'short',
      queries: [{ expr: 'sum by (state) (oodgrid_tasks{pool=~"$pool"})', legend: '{{state}}' }],
    },
    {
      title: 'Ready tasks',
      help: 'Tasks that workers could compute and nobody has: what autoscalers go by.',
      kind: 'lines',
      unit: 'short',
      queries: [{ expr: 'sum by (pool) (oodgrid_ready_tasks{pool=~"$pool"})', legend: '{{pool}}' }],
    },
    {
      title: 'Leases and places',
      help: 'Leases that live, of the tasks that workers may hold together.',
      kind: 'lines',
      unit: 'short',
      queries: [
        { expr: 'sum by (pool) (oodgrid_leases{pool=~"$pool"})', legend: '{{pool}} leases' },
        { expr: 'sum by (pool) (oodgrid_worker_places{pool=~"$pool"})', legend: '{{pool}} places' },
      ],
    },
    {
      title: 'Busy executors',
      help: 'Share of the time that executors had a task, by worker: the utilisation of its devices.',
      kind: 'lines',
      unit: 'percentunit',
      queries: [
        {
          expr: 'avg by (instance) (rate(oodgrid_executor_busy_seconds_total[$__rate_interval]))',
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Leases lost, workers set aside, executors that died',
      help: 'Per minute. Single ones are what leases are for; many have one cause.',
      kind: 'lines',
      unit: 'short',
      queries: [
        { expr: '60 * sum(rate(oodgrid_leases_expired_total[$__rate_interval]))', legend: 'leases expired' },
        {
          expr: '60 * sum(rate(oodgrid_workers_set_aside_total[$__rate_interval]))',
          legend: 'workers set aside',
        },
        {
          expr: '60 * sum(rate(oodgrid_executor_exits_total[$__rate_interval]))',
          legend: 'executors that died',
        },
      ],
    },
    {
      title: 'Lease renewals',
      help: 'Per second, by heartbeats and progress.',
      kind: 'lines',
      unit: 'ops',
      queries: [{ expr: 'sum(rate(oodgrid_leases_renewed_total[$__rate_interval]))', legend: 'renewals' }],
    },
    {
      title: 'Tasks: done, tried again, given up',
      help: 'Per minute.',
      kind: 'lines',
      unit: 'short',
      queries: [
        { expr: '60 * sum by (how) (rate(oodgrid_tasks_done_total[$__rate_interval]))', legend: '{{how}}' },
        {
          expr: '60 * sum(rate(oodgrid_attempts_total{how="again"}[$__rate_interval]))',
          legend: 'tried again',
        },
        { expr: '60 * sum(rate(oodgrid_tasks_given_up_total[$__rate_interval]))', legend: 'given up' },
        {
          expr: '60 * sum(rate(oodgrid_attempts_handed_back_total[$__rate_interval]))',
          legend: 'handed back',
        },
      ],
    },
    {
      title: 'Journal',
      help: 'Time of a commit, and records in one. Nothing is said to anybody before its commit.',
      kind: 'lines',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.5, sum by (le) (rate(oodgrid_commit_seconds_bucket[$__rate_interval])))',
          legend: 'median',
        },
        {
          expr: 'histogram_quantile(0.99, sum by (le) (rate(oodgrid_commit_seconds_bucket[$__rate_interval])))',
          legend: '99 %',
        },
        {
          expr: 'sum(rate(oodgrid_commit_records_sum[$__rate_interval])) / clamp_min(sum(rate(oodgrid_commit_records_count[$__rate_interval])), 1e-9)',
          legend: 'records in one',
        },
      ],
    },
    {
      title: 'Store',
      help: 'Sizes, and what is free on its disk.',
      kind: 'lines',
      unit: 'bytes',
      queries: [
        { expr: 'sum by (part) (oodgrid_store_bytes)', legend: '{{part}}' },
        { expr: 'min(oodgrid_store_free_bytes)', legend: 'free' },
      ],
    },
    {
      title: 'Store and NATS',
      help: '1 while the store can be written, and while the connection to NATS stands, by program.',
      kind: 'lines',
      unit: 'short',
      queries: [
        { expr: 'min(oodgrid_store_up)', legend: 'store' },
        {
          expr: 'sum(increase(oodgrid_store_failures_total[$__rate_interval]))',
          legend: 'failures of the store',
        },
        {
          expr: 'min by (program) (oodgrid_nats_connected * on (instance, job) group_left (program) oodgrid_build_info)',
          legend: 'NATS, {{program}}',
        },
      ],
    },
    {
      title: 'Streams of workers',
      help: 'Rows of results that were taken, and messages that came once more.',
      kind: 'lines',
      unit: 'Bps',
      queries: [
        { expr: 'sum(rate(oodgrid_stream_chunk_bytes_total[$__rate_interval]))', legend: 'rows' },
        {
          expr: 'sum(rate(oodgrid_stream_repeated_messages_total[$__rate_interval]))',
          legend: 'repeated messages a second',
        },
        {
          expr: 'sum by (how) (rate(oodgrid_streams_opened_total[$__rate_interval]))',
          legend: '{{how}} connections a second',
        },
      ],
    },
    {
      title: 'Queue',
      help: 'Messages in the stream, hints that were worth nothing, and those that were published again.',
      kind: 'lines',
      unit: 'short',
      queries: [
        { expr: 'sum(oodgrid_queue_messages)', legend: 'messages' },
        {
          expr: '60 * sum by (how) (rate(oodgrid_hints_denied_total[$__rate_interval]))',
          legend: '{{how}} a minute',
        },
        {
          expr: '60 * sum(rate(oodgrid_hints_republished_total[$__rate_interval]))',
          legend: 'published again a minute',
        },
      ],
    },
    {
      title: 'Refused',
      help: 'Per minute and reason. "no_place" and "cancelled" are everyday; others are a peer that is wrong, or hostile.',
      kind: 'lines',
      unit: 'short',
      queries: [
        {
          expr: '60 * sum by (reason) (rate(oodgrid_refused_total[$__rate_interval]))',
          legend: '{{reason}}',
        },
      ],
    },
    {
      title: 'Event loop',
      help: '99th percentile of its delay. Beyond a second, heartbeats and probes are late.',
      kind: 'lines',
      unit: 's',
      queries: [{ expr: 'oodgrid_nodejs_eventloop_lag_p99_seconds', legend: '{{job}} {{instance}}' }],
    },
    {
      title: 'Memory',
      help: 'Resident, of programs and of executors.',
      kind: 'lines',
      unit: 'bytes',
      queries: [
        { expr: 'oodgrid_process_resident_memory_bytes', legend: '{{job}} {{instance}}' },
        { expr: 'oodgrid_executor_resident_bytes', legend: 'executor {{executor}} of {{instance}}' },
      ],
    },
    {
      title: 'Device memory and tensors of executors',
      help: 'What their tensors take up between tasks: models that they keep open. What grows without end is a leak.',
      kind: 'lines',
      unit: 'bytes',
      queries: [
        { expr: 'oodgrid_executor_tensor_bytes', legend: 'executor {{executor}} of {{instance}}' },
        { expr: 'oodgrid_executor_tensors', legend: 'tensors of executor {{executor}} of {{instance}}' },
      ],
    },
    ...WORKER_PANELS,
  ],
};
