import { type MetricsServer, type SampleSet, serveMetrics } from '@oodgrid/metrics';
import { WIRE_VERSION } from '@oodgrid/transport';
import type { BlobCounts } from './cached-blobs.js';
import type { ExecutorView } from './executor/executor-pool.js';

/** A worker, for those who look at it from outside. */
export interface WorkerView {
  readonly isConnected: boolean;
  /** It takes no more tasks for good: it was drained, or told to stop. */
  readonly isDraining: boolean;
  /** Why it takes no tasks now; empty when it is well. */
  readonly trouble: string;
  /** Tasks that it holds leases for. */
  readonly tasks: number;
  readonly ended: Readonly<Record<'done' | 'failed' | 'handed back' | 'images', number>>;
  readonly connections: number;
  readonly sentChunkBytes: number;
  readonly unacknowledged: number;
  readonly executors: readonly ExecutorView[];
  readonly executorExits: number;
  /** Of the models and splits that tasks read: how many were open from an earlier task. */
  readonly inputs: { readonly hits: number; readonly misses: number };
}

export interface WorkerMetricsOptions {
  /** `HOST:PORT`. */
  readonly listen: string;
  readonly version: string;
  readonly view: () => WorkerView;
  readonly blobs: () => BlobCounts;
  /** Whether the connection to the queue stands; null in a cluster that has none. */
  readonly isQueueConnected: (() => boolean) | null;
}

/** Serves what Prometheus and probes ask of a worker. */
export function serveWorkerMetrics(options: WorkerMetricsOptions): Promise<MetricsServer> {
  const { listen, version, view, blobs, isQueueConnected } = options;
  return serveMetrics({
    program: 'worker',
    listen,
    notReady: () => notReady(view(), isQueueConnected),
    collect: (samples) => {
      const build = { program: 'worker', version, wire: String(WIRE_VERSION) } as const;
      samples.add('oodgrid_build_info', build, 1);
      if (isQueueConnected !== null) samples.add('oodgrid_nats_connected', {}, isQueueConnected() ? 1 : 0);
      collectWorker(samples, view());
      collectBlobs(samples, blobs());
    },
  });
}

function collectWorker(samples: SampleSet, view: WorkerView): void {
  const { isConnected, isDraining, trouble, ended, inputs } = view;
  samples.add('oodgrid_worker_connected', {}, isConnected ? 1 : 0);
  samples.add('oodgrid_worker_draining', {}, isDraining ? 1 : 0);
  samples.add('oodgrid_worker_troubled', {}, trouble === '' ? 0 : 1);
  samples.add('oodgrid_worker_tasks', {}, view.tasks);
  for (const outcome of ['done', 'failed', 'handed back'] as const) {
    samples.add('oodgrid_worker_tasks_ended_total', { outcome }, ended[outcome]);
  }
  samples.add('oodgrid_worker_images_total', {}, ended.images);
  samples.add('oodgrid_worker_unacknowledged_messages', {}, view.unacknowledged);
  samples.add('oodgrid_worker_sent_chunk_bytes_total', {}, view.sentChunkBytes);
  samples.add('oodgrid_worker_connections_total', {}, view.connections);
  samples.add('oodgrid_worker_inputs_total', { how: 'open' }, inputs.hits);
  samples.add('oodgrid_worker_inputs_total', { how: 'opened' }, inputs.misses);
  samples.add('oodgrid_executor_exits_total', {}, view.executorExits);
  for (const state of ['loading', 'idle', 'busy'] as const) samples.add('oodgrid_executors', { state }, 0);
  for (const { place, state, busySeconds, memory } of view.executors) {
    const executor = String(place);
    samples.add('oodgrid_executors', { state }, 1);
    samples.add('oodgrid_executor_busy_seconds_total', { executor }, busySeconds);
    if (memory === null) continue;
    samples.add('oodgrid_executor_resident_bytes', { executor }, memory.residentBytes);
    samples.add('oodgrid_executor_tensor_bytes', { executor }, memory.tensorBytes);
    samples.add('oodgrid_executor_tensors', { executor }, memory.tensors);
  }
}

function collectBlobs(samples: SampleSet, { bytes, here, fetched, fetchedBytes }: BlobCounts): void {
  samples.add('oodgrid_worker_blob_bytes', {}, bytes);
  samples.add('oodgrid_worker_blob_requests_total', { how: 'here' }, here);
  samples.add('oodgrid_worker_blob_requests_total', { how: 'fetched' }, fetched);
  samples.add('oodgrid_worker_fetched_bytes_total', {}, fetchedBytes);
}

function notReady(view: WorkerView, isQueueConnected: (() => boolean) | null): readonly string[] {
  const { isConnected, isDraining, trouble } = view;
  return [
    ...(isDraining ? ['it takes no more tasks'] : []),
    ...(isConnected ? [] : ['it is not registered with its coordinator']),
    ...(trouble === '' ? [] : [trouble]),
    ...(isQueueConnected === null || isQueueConnected() ? [] : ['NATS is gone']),
  ];
}
