import type { Dashboard } from './dashboard.js';

/** The cluster as its workers see it. */
export const WORKER_PANELS: Dashboard['panels'] = [
  {
    title: 'Tasks of workers',
    help: 'What each worker holds, and per minute what came to an end there and how.',
    kind: 'lines',
    unit: 'short',
    queries: [
      { expr: 'oodgrid_worker_tasks', legend: 'held by {{instance}}' },
      {
        expr: '60 * sum by (instance, outcome) (rate(oodgrid_worker_tasks_ended_total[$__rate_interval]))',
        legend: '{{instance}} {{outcome}}',
      },
    ],
  },
  {
    title: 'Images a second, by worker',
    help: 'Of tasks that came to an end there: a worker that is slower than its like has something else to do.',
    kind: 'lines',
    unit: 'ops',
    queries: [
      {
        expr: 'sum by (instance) (rate(oodgrid_worker_images_total[$__rate_interval]))',
        legend: '{{instance}}',
      },
    ],
  },
  {
    title: 'Workers that do not work',
    help: 'Not registered, drained, or not well by their own account.',
    kind: 'stat',
    unit: 'short',
    queries: [
      { expr: 'sum(1 - oodgrid_worker_connected)', legend: 'not registered' },
      { expr: 'sum(oodgrid_worker_draining)', legend: 'drained' },
      { expr: 'sum(oodgrid_worker_troubled)', legend: 'not well' },
    ],
  },
  {
    title: 'Streams as workers see them',
    help: 'Rows that they sent, messages that are not acknowledged yet, and registrations an hour.',
    kind: 'lines',
    unit: 'Bps',
    queries: [
      {
        expr: 'sum by (instance) (rate(oodgrid_worker_sent_chunk_bytes_total[$__rate_interval]))',
        legend: '{{instance}}',
      },
      { expr: 'oodgrid_worker_unacknowledged_messages', legend: 'not acknowledged, {{instance}}' },
      {
        expr: '3600 * sum by (instance) (rate(oodgrid_worker_connections_total[$__rate_interval]))',
        legend: 'registrations, {{instance}}',
      },
    ],
  },
  {
    title: 'Blobs that were there',
    help: 'Share of the weights and data that tasks needed and that lay on the disk of their worker.',
    kind: 'stat',
    unit: 'percentunit',
    queries: [
      {
        expr: 'sum(oodgrid_worker_blob_requests_total{how="here"}) / clamp_min(sum(oodgrid_worker_blob_requests_total), 1)',
        legend: 'there',
      },
    ],
  },
  {
    title: 'Tasks that are too large',
    help: 'They need more memory than any worker of their class has.',
    kind: 'lines',
    unit: 'short',
    queries: [{ expr: 'sum by (pool) (oodgrid_tasks_too_large{pool=~"$pool"})', legend: '{{pool}}' }],
  },
];
