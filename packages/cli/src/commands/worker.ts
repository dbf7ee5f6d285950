import { hostname } from 'node:os';
import { join } from 'node:path';
import { Flags } from '@oclif/core';
import { addressOf } from '@oodgrid/metrics';
import { FolderBlobStore, NatsHints, RemoteBlobStore } from '@oodgrid/transport';
import { CachedBlobs, serveWorkerMetrics, Worker as WorkerProcess } from '@oodgrid/worker';
import { requiredCoordinatorFlag } from '../cluster/cluster-command.js';
import { endWithParent } from '../cluster/guarded-process.js';
import { metricsFlag } from '../cluster/metrics-flag.js';
import { cliContext } from '../context.js';
import { thisMachine } from '../local/place-workers.js';
import { OodCommand } from '../ood-command.js';
import { logFormatFlag, processLog } from '../output/process-log.js';
import { requireWritable } from '../output/writable-folder.js';

const GIB = 1024 ** 3;

export default class Worker extends OodCommand {
  static override enableJsonFlag = false;
  static override description = 'Compute tasks for a coordinator until told to stop';
  static override flags = {
    coordinator: requiredCoordinatorFlag,
    nats: Flags.string({ description: 'HOST:PORT of the NATS server', default: '127.0.0.1:4222' }),
    id: Flags.string({ description: 'name in the cluster (default: host and process id)' }),
    executors: Flags.integer({
      description: 'processes that compute: one per device or core',
      default: 1,
      min: 1,
      max: 256,
    }),
    'tasks-per-executor': Flags.integer({
      description: 'tasks held for each executor: while one is computed the next is made ready',
      default: 2,
      min: 1,
      max: 1024,
    }),
    memory: Flags.integer({
      description:
        'GiB that its tasks may use together (default: nine tenths of the machine, or of its container)',
      min: 1,
    }),
    cache: Flags.integer({
      description: 'GiB of weights and data kept on this machine',
      default: 20,
      min: 1,
    }),
    stall: Flags.integer({
      description: 'seconds without a sign of life after which an executor is killed',
      default: 900,
      min: 1,
    }),
    wait: Flags.integer({
      description: 'seconds to wait for another worker of the same id to go',
      default: 60,
      min: 0,
    }),
    grace: Flags.integer({
      description: 'seconds for handing tasks back when told to stop',
      default: 10,
      min: 0,
    }),
    metrics: metricsFlag,
    'log-format': logFormatFlag,
    engine: Flags.string({
      description: 'tensor engine (none: synthetic tasks only)',
      options: ['native', 'wasm', 'none'] as const,
      default: 'native',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Worker);
    const signal = this.shutdownSignal((flags.grace + 5) * 1000);
    endWithParent();
    const { cacheDir } = cliContext([]);
    const id = flags.id ?? `${hostname().replaceAll(/[^\w.-]/g, '-')}-${process.pid}`;
    const log = processLog(flags['log-format'], id);
    // A folder of its own: another worker may remove what it does not need.
    const blobsDir = join(cacheDir, 'worker-blobs', id);
    await requireWritable(blobsDir, 'the folder of weights and data', 'name another cache in OODGRID_CACHE');
    const local = new FolderBlobStore(blobsDir);
    const remote = new RemoteBlobStore(flags.coordinator);
    const blobs = new CachedBlobs({ local, remote, maxBytes: flags.cache * GIB });
    let isQueueConnected = true;
    const { engine } = flags;
    // First: an address that is taken is told before anything is started.
    const metrics =
      flags.metrics === undefined
        ? undefined
        : await serveWorkerMetrics({
            listen: flags.metrics,
            version: this.config.version,
            view: () => worker.view,
            blobs: () => blobs.counts,
            isQueueConnected: () => isQueueConnected,
          });
    if (metrics !== undefined) log(`metrics are on ${addressOf(metrics)}`);
    const worker = new WorkerProcess({
      workerId: id,
      address: flags.coordinator,
      executors: flags.executors,
      tasksPerExecutor: flags['tasks-per-executor'],
      memoryBytes:
        flags.memory === undefined ? Math.floor(0.9 * thisMachine().totalBytes) : flags.memory * GIB,
      settings: { blobsDir, cacheDir, engine: engine === 'wasm' || engine === 'none' ? engine : 'native' },
      stallMs: flags.stall * 1000,
      conflictMs: flags.wait * 1000,
      openHints: (queue, pool, slots) =>
        NatsHints.open({
          ...{ server: flags.nats, name: `ood-grid ${id}`, queue, pool, slots, log },
          onConnection: (isConnected) => {
            isQueueConnected = isConnected;
          },
        }),
      blobs,
      log,
    });
    signal.addEventListener('abort', () => void worker.stop(flags.grace * 1000), { once: true });
    try {
      await worker.run();
    } finally {
      await metrics?.close();
      remote.close();
    }
  }
}
