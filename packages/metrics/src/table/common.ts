import type { MetricRow } from '../metric-row.js';

const ONE = { most: 1, beyond: 'other' } as const;
const BOTH = ['coordinator', 'worker'] as const;

/** Metrics that every program exposes. */
export const COMMON = {
  oodgrid_build_info: {
    kind: 'gauge',
    unit: 'truth',
    help: '1, with the version of the program and that of the wire between coordinator and workers',
    of: BOTH,
    labels: { program: BOTH, version: ONE, wire: ONE },
  },
  oodgrid_ready: {
    kind: 'gauge',
    unit: 'truth',
    help: '1 where /readyz says so, 0 where it says why not',
    of: BOTH,
    labels: {},
  },
  oodgrid_nats_connected: {
    kind: 'gauge',
    unit: 'truth',
    help: '1 while the connection to the NATS server stands; absent in a cluster without one',
    of: BOTH,
    labels: {},
  },
} as const satisfies Record<string, MetricRow>;

/** Metrics of Node by prom-client, under our prefix: those that dashboards and rules use. */
export const NODE_METRICS: Readonly<Record<string, string>> = {
  oodgrid_nodejs_eventloop_lag_p99_seconds:
    '99th percentile of the delay of the event loop since the last scrape',
  oodgrid_nodejs_eventloop_lag_p50_seconds: 'median of the delay of the event loop since the last scrape',
  oodgrid_process_resident_memory_bytes: 'resident memory of the process, without its executors',
  oodgrid_process_cpu_seconds_total: 'processor time of the process, without its executors',
  oodgrid_process_start_time_seconds: 'start of the process, in Unix time',
};
