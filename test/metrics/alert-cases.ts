/** Input of an alert's rule test: series of promtool, a value each minute. */
export interface AlertCase {
  /** Series under which it fires at the minute, and others under which it does not. */
  readonly fires: Readonly<Record<string, string>>;
  readonly quiet: Readonly<Record<string, string>>;
  readonly minute: number;
  /** Labels of the alert beside its severity. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value in its summary, as it is written there. */
  readonly value?: string;
}

const AT = 'instance="c", job="j"';
const BUILD = `oodgrid_build_info{${AT}, program="coordinator", version="1"}`;

export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  OodGridCoordinatorDown: {
    fires: { 'oodgrid_build_info{program="worker"}': '1x60' },
    quiet: { [BUILD]: '1x60' },
    minute: 3,
    labels: { program: 'coordinator' },
  },
  OodGridStoreNotWritable: {
    fires: { [`oodgrid_store_up{${AT}}`]: '1x3 0x20' },
    quiet: { [`oodgrid_store_up{${AT}}`]: '1x60', [`oodgrid_store_failures_total{${AT}}`]: '0x5 1x60' },
    minute: 10,
    labels: { instance: 'c', job: 'j' },
  },
  OodGridDiskFillsSoon: {
    // 16 GiB, and 50 MiB less each minute.
    fires: { [`oodgrid_store_free_bytes{${AT}}`]: '17179869184-52428800x200' },
    quiet: { [`oodgrid_store_free_bytes{${AT}}`]: '17179869184-1048576x200' },
    minute: 60,
    labels: { instance: 'c', job: 'j' },
  },
  OodGridJournalSlow: {
    fires: {
      [`oodgrid_commit_seconds_bucket{${AT}, le="0.5"}`]: '0+1x60',
      [`oodgrid_commit_seconds_bucket{${AT}, le="1"}`]: '0+100x60',
      [`oodgrid_commit_seconds_bucket{${AT}, le="+Inf"}`]: '0+100x60',
    },
    quiet: {
      [`oodgrid_commit_seconds_bucket{${AT}, le="0.5"}`]: '0+100x60',
      [`oodgrid_commit_seconds_bucket{${AT}, le="1"}`]: '0+100x60',
      [`oodgrid_commit_seconds_bucket{${AT}, le="+Inf"}`]: '0+100x60',
    },
    minute: 30,
    labels: { instance: 'c' },
    value: '994.9ms',
  },
  OodGridEventLoopBlocked: {
    fires: { [`oodgrid_nodejs_eventloop_lag_p99_seconds{${AT}}`]: '2x60' },
    quiet: { [`oodgrid_nodejs_eventloop_lag_p99_seconds{${AT}}`]: '0.02x60' },
    minute: 30,
    labels: { instance: 'c', job: 'j' },
    value: '2s',
  },
  OodGridNatsGone: {
    fires: { [`oodgrid_nats_connected{${AT}}`]: '1x3 0x60' },
    quiet: { [`oodgrid_nats_connected{${AT}}`]: '1x60' },
    minute: 30,
    labels: { instance: 'c', job: 'j' },
  },
  OodGridRefusals: {
    fires: { [`oodgrid_refused_total{${AT}, reason="conflict"}`]: '0+10x60' },
    quiet: {
      [`oodgrid_refused_total{${AT}, reason="no_place"}`]: '0+100x60',
      [`oodgrid_refused_total{${AT}, reason="conflict"}`]: '0 1x59',
    },
    minute: 30,
    labels: { reason: 'conflict' },
    value: '100',
  },
  OodGridVersionSkew: {
    fires: { [BUILD]: '1x100', 'oodgrid_build_info{program="worker", version="2"}': '1x100' },
    quiet: { [BUILD]: '1x100', 'oodgrid_build_info{program="worker", version="1"}': '1x100' },
    minute: 90,
    labels: {},
    value: '2',
  },
  OodGridPoolWithoutWorkers: {
    fires: {
      'oodgrid_ready_tasks{pool="gpu"}': '5x60',
      'oodgrid_ready_tasks{pool="cpu"}': '5x60',
      'oodgrid_workers{pool="cpu", state="connected"}': '2x60',
      'oodgrid_workers{pool="gpu", state="set aside"}': '2x60',
    },
    quiet: {
      'oodgrid_ready_tasks{pool="cpu"}': '5x60',
      'oodgrid_workers{pool="cpu", state="connected"}': '1x60',
      'oodgrid_ready_tasks{pool="gpu"}': '0x60',
    },
    minute: 30,
    labels: { pool: 'gpu' },
    value: '5',
  },
  OodGridRunHeldUp: {
    fires: { [`oodgrid_runs_held_up{${AT}}`]: '3x60' },
    quiet: { [`oodgrid_runs_held_up{${AT}}`]: '0x60' },
    minute: 30,
    labels: { instance: 'c', job: 'j' },
    value: '3',
  },
  OodGridNoProgress: {
    fires: {
      'oodgrid_leases{pool="cpu"}': '4x200',
      'oodgrid_tasks_done_total{kind="score", how="computed"}': '7x200',
    },
    quiet: {
      'oodgrid_leases{pool="cpu"}': '4x200',
      'oodgrid_tasks_done_total{kind="score", how="computed"}': '0+1x200',
    },
    minute: 100,
    labels: {},
    value: '4',
  },
  OodGridLeasesExpire: {
    fires: { [`oodgrid_leases_expired_total{${AT}}`]: '0+1x60' },
    quiet: { [`oodgrid_leases_expired_total{${AT}}`]: '0x20 1x40' },
    minute: 30,
    labels: { instance: 'c', job: 'j' },
    value: '15',
  },
  OodGridTasksGivenUp: {
    fires: { [`oodgrid_tasks_given_up_total{${AT}, code="internal"}`]: '0x25 2x60' },
    quiet: { [`oodgrid_tasks_given_up_total{${AT}, code="internal"}`]: '2x60' },
    minute: 30,
    labels: { code: 'internal' },
  },
  OodGridWorkersSetAside: {
    fires: { 'oodgrid_workers{pool="cpu", state="set aside"}': '1x60' },
    quiet: { 'oodgrid_workers{pool="cpu", state="connected"}': '1x60' },
    minute: 30,
    labels: { pool: 'cpu' },
    value: '1',
  },
  OodGridExecutorsDie: {
    fires: { [`oodgrid_executor_exits_total{${AT}}`]: '0+1x60' },
    quiet: { [`oodgrid_executor_exits_total{${AT}}`]: '0x25 1x60' },
    minute: 30,
    labels: { instance: 'c', job: 'j' },
    value: '15',
  },
  OodGridWorkerRestarts: {
    fires: { [`oodgrid_process_start_time_seconds{${AT}}`]: '1+1x60', [BUILD]: '1x60' },
    quiet: { [`oodgrid_process_start_time_seconds{${AT}}`]: '1x30 2x30', [BUILD]: '1x60' },
    minute: 30,
    labels: { instance: 'c', job: 'j' },
    value: '30',
  },
};
