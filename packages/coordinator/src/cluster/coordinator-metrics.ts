import { type MetricsServer, type SampleSet, serveMetrics } from '@oodgrid/metrics';
import { WIRE_VERSION } from '@oodgrid/transport';
import type { Coordinator } from '../coordinator.js';
import type { Environment } from '../coordinator-options.js';
import { collectCluster, collectStreams } from './collect-cluster.js';
import { collectWork } from './collect-work.js';
import type { RunningMetrics } from './running-metrics.js';
import { StoreSizes } from './store-sizes.js';

/** The connection to the queue; null in a cluster that has none. */
export interface QueueSight {
  readonly isConnected: () => boolean;
  /** Rejects when there is no telling. */
  length(): Promise<number>;
}

export interface CoordinatorMetricsOptions {
  /** `HOST:PORT`. */
  readonly listen: string;
  readonly version: string;
  readonly storeDir: string;
  readonly coordinator: Coordinator;
  readonly running: RunningMetrics;
  readonly queue: QueueSight | null;
  readonly environment: Environment;
  /** Whether the coordinator is about to stop. */
  readonly isStopping: () => boolean;
}

/** Serves what Prometheus and probes ask of a coordinator. */
export function serveCoordinatorMetrics(options: CoordinatorMetricsOptions): Promise<MetricsServer> {
  const { coordinator, environment, queue } = options;
  const sizes = new StoreSizes(options.storeDir, environment.now);
  return serveMetrics({
    program: 'coordinator',
    listen: options.listen,
    notReady: () => notReady(options),
    collect: async (samples) => {
      const { version } = options;
      const build = { program: 'coordinator', version, wire: String(WIRE_VERSION) } as const;
      samples.add('oodgrid_build_info', build, 1);
      samples.add('oodgrid_store_up', {}, coordinator.isStoreUp ? 1 : 0);
      collectStreams(samples, coordinator.tallies);
      if (coordinator.isStoreUp) collectDispatcher(samples, options);
      await Promise.all([sizes.collect(samples), queue === null ? undefined : collectQueue(samples, queue)]);
    },
  });
}

function collectDispatcher(samples: SampleSet, options: CoordinatorMetricsOptions): void {
  const { coordinator, running, environment } = options;
  coordinator.read((dispatcher) => {
    const now = environment.now();
    const { tallies } = coordinator;
    collectWork(samples, { dispatcher, tallies, running, now, wallClock: environment.wallClock() });
    collectCluster(samples, dispatcher, now);
  });
}

async function collectQueue(samples: SampleSet, queue: QueueSight): Promise<void> {
  samples.add('oodgrid_nats_connected', {}, queue.isConnected() ? 1 : 0);
  if (!queue.isConnected()) return;
  const messages = await queue.length().catch(() => undefined);
  if (messages !== undefined) samples.add('oodgrid_queue_messages', {}, messages);
}

function notReady({ coordinator, queue, isStopping }: CoordinatorMetricsOptions): readonly string[] {
  return [
    ...(isStopping() ? ['it is about to stop'] : []),
    ...(coordinator.isStoreUp ? [] : ['the store cannot be used']),
    ...(queue === null || queue.isConnected() ? [] : ['NATS is gone']),
  ];
}
