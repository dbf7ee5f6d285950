import type { MetricRow } from '../metric-row.js';

const OF = ['worker'] as const;
/** Places of executors, by number: one that dies leaves its place to the next. */
const EXECUTORS = { most: 256, beyond: 'other' } as const;

/** A worker and its executors. */
export const WORKER = {
  oodgrid_worker_connected: {
    kind: 'gauge',
    unit: 'truth',
    help: '1 while the worker is registered with its coordinator',
    of: OF,
    labels: {},
  },
  oodgrid_worker_draining: {
    kind: 'gauge',
    unit: 'truth',
    help: '1 when the worker takes no more tasks for good',
    of: OF,
    labels: {},
  },
  oodgrid_worker_troubled: {
    kind: 'gauge',
    unit: 'truth',
    help: '1 while the worker takes no tasks because a check of itself fails',
    of: OF,
    labels: {},
  },
  oodgrid_worker_tasks: {
    kind: 'gauge',
    unit: 'tasks',
    help: 'Tasks that the worker holds leases for',
    of: OF,
    labels: {},
  },
  oodgrid_worker_tasks_ended_total: {
    kind: 'counter',
    unit: 'tasks',
    help: 'Tasks that came to an end here; handed back: stopped, or not for its own fault',
    of: OF,
    labels: { outcome: ['done', 'failed', 'handed back'] },
  },
  oodgrid_worker_images_total: {
    kind: 'counter',
    unit: 'images',
    help: 'Images of the tasks that were done here',
    of: OF,
    labels: {},
  },
  oodgrid_worker_unacknowledged_messages: {
    kind: 'gauge',
    unit: 'messages',
    help: 'Reliable messages that the coordinator has not acknowledged',
    of: OF,
    labels: {},
  },
  oodgrid_worker_sent_chunk_bytes_total: {
    kind: 'counter',
    unit: 'bytes',
    help: 'Rows of results that were given to the stream',
    of: OF,
    labels: {},
  },
  oodgrid_worker_connections_total: {
    kind: 'counter',
    unit: 'events',
    help: 'Registrations with a coordinator',
    of: OF,
    labels: {},
  },
  oodgrid_worker_inputs_total: {
    kind: 'counter',
    unit: 'events',
    help: 'Models and splits that tasks read; open: they were so from an earlier task',
    of: OF,
    labels: { how: ['open', 'opened'] },
  },
  oodgrid_worker_blob_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: 'Weights and data that the worker keeps on its disk',
    of: OF,
    labels: {},
  },
  oodgrid_worker_blob_requests_total: {
    kind: 'counter',
    unit: 'events',
    help: 'Blobs that tasks needed; fetched: from the coordinator, here: they were on the disk',
    of: OF,
    labels: { how: ['here', 'fetched'] },
  },
  oodgrid_worker_fetched_bytes_total: {
    kind: 'counter',
    unit: 'bytes',
    help: 'Blobs that were fetched from the coordinator',
    of: OF,
    labels: {},
  },
  oodgrid_executors: {
    kind: 'gauge',
    unit: 'processes',
    help: 'Executor processes by what they do',
    of: OF,
    labels: { state: ['loading', 'idle', 'busy'] },
  },
  oodgrid_executor_exits_total: {
    kind: 'counter',
    unit: 'events',
    help: 'Executors that ended without being told to: crashed, killed, hung',
    of: OF,
    labels: {},
  },
  oodgrid_executor_busy_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Time that the executor of a place had a task: its rate is the utilisation of the device',
    of: OF,
    labels: { executor: EXECUTORS },
  },
  oodgrid_executor_resident_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: 'Resident memory of the executor of a place, after its last task',
    of: OF,
    labels: { executor: EXECUTORS },
  },
  oodgrid_executor_tensor_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: 'Memory of the device that the tensors of the executor take after its last task: what it keeps open',
    of: OF,
    labels: { executor: EXECUTORS },
  },
  oodgrid_executor_tensors: {
    kind: 'gauge',
    unit: 'tensors',
    help: 'Tensors of the executor after its last task: they grow where something leaks',
    of: OF,
    labels: { executor: EXECUTORS },
  },
} as const satisfies Record<string, MetricRow>;
