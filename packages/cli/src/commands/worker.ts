import { hostname } from 'node:os';
import { Flags } from '@oclif/core';
import { addressOf, openTracing } from '@oodgrid/metrics';
import { FolderBlobStore, NatsHints, RemoteBlobStore } from '@oodgrid/transport';
import { CachedBlobs, Lifetime, serveWorkerMetrics, Worker as WorkerProcess } from '@oodgrid/worker';
import { placeFlag } from '../cluster/cluster-command.js';
import { connectionFlags, endpointMaker, natsFlags, natsSecurity } from '../cluster/connection-flags.js';
import { CoordinatorPlace } from '../cluster/coordinator-place.js';
import { MIN_IDLE_SECONDS } from '../cluster/gathering.js';
import { endWithParent } from '../cluster/guarded-process.js';
import { metricsFlag } from '../cluster/metrics-flag.js';
import { natsServerOf } from '../cluster/nats-flag.js';
import { openWorkerBlobs } from '../cluster/worker-blobs.js';
import { cliContext } from '../context.js';
import { thisMachine } from '../local/place-workers.js';
import { OodCommand } from '../ood-command.js';
import { logFormatFlag, processLog } from '../output/process-log.js';
import { lifetimeMs, slurmJob } from '../slurm/slurm-job.js';
import { DRAINED_EXIT_CODE } from '../slurm/slurm-script.js';

const GIB = 1024 ** 3;
/** Before its time is over, beside what handing its tasks back may take. */
const MARGIN_MS = 20_000;

export default class Worker extends OodCommand {
  static override enableJsonFlag = false;
  static override description = 'Compute tasks for a coordinator until told to stop';
  static override flags = {
    coordinator: placeFlag,
    ...connectionFlags,
    ...natsFlags,
    id: Flags.string({ description: 'name in the cluster (default: host and process id)' }),
    executors: Flags.integer({
      description:
        'processes that compute: one per device or core (default: 1; in a job of Slurm as many as it has)',
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
        'GiB that its tasks may use together (default: nine tenths of the machine, of its container or of its job)',
      min: 1,
    }),
    cache: Flags.integer({
      description: 'GiB of weights and data kept on this machine',
      default: 20,
      min: 1,
    }),
    'shared-cache': Flags.string({
      description:
        "folder for weights and data on this machine's own disk that workers share, and that the last one removes (default in a job of Slurm)",
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
    lifetime: Flags.string({
      description: `seconds until it has to be gone, or slurm: as long as its job; it ends with exit code ${DRAINED_EXIT_CODE} then, and when it is told to stop`,
    }),
    'exit-when-idle': Flags.integer({
      description: 'seconds without a task after which it ends, with exit code 0',
      min: MIN_IDLE_SECONDS,
    }),
    'log-format': logFormatFlag,
    engine: Flags.string({
      description: 'tensor engine (none: synthetic tasks only)',
      options: ['native', 'wasm', 'none'] as const,
      default: 'native',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Worker);
    const graceMs = flags.grace * 1000;
    const signal = this.shutdownSignal(graceMs + 5000);
    endWithParent();
    const job = slurmJob(process.env);
    const lifeMs = lifetimeMs(flags.lifetime, job, Date.now());
    const idleMs = flags['exit-when-idle'] === undefined ? null : flags['exit-when-idle'] * 1000;
    const { cacheDir } = cliContext([]);
    const id = flags.id ?? `${hostname().replaceAll(/[^\w.-]/g, '-')}-${process.pid}`;
    const log = processLog(flags['log-format'], id);
    const sharedDir = flags['shared-cache'] ?? job?.localDir;
    const place = await CoordinatorPlace.open(flags.coordinator, log);
    const { blobsDir, shared, leave } = await openWorkerBlobs({ sharedDir, cacheDir, id });
    const local = new FolderBlobStore(blobsDir);
    const endpointAt = endpointMaker(flags, log);
    endpointAt(place.address);
    const remote = new RemoteBlobStore(() => endpointAt(place.address));
    const security = natsSecurity(flags);
    const blobs = new CachedBlobs({ local, remote, shared, maxBytes: flags.cache * GIB });
    const server = natsServerOf(flags.nats);
    const { totalBytes } = thisMachine();
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
            isQueueConnected: server === null ? null : () => isQueueConnected,
          });
    if (metrics !== undefined) log(`metrics are on ${addressOf(metrics)}`);
    const tracing = await openTracing('ood-grid-worker', process.env);
    const worker = new WorkerProcess({
      tracing,
      workerId: id,
      findCoordinator: async () => endpointAt(await place.find()),
      executors: flags.executors ?? job?.executors ?? 1,
      tasksPerExecutor: flags['tasks-per-executor'],
      memoryBytes:
        flags.memory === undefined
          ? Math.floor(0.9 * Math.min(totalBytes, job?.memoryBytes ?? totalBytes))
          : flags.memory * GIB,
      settings: { blobsDir, cacheDir, engine: engine === 'wasm' || engine === 'none' ? engine : 'native' },
      stallMs: flags.stall * 1000,
      conflictMs: flags.wait * 1000,
      openHints:
        server === null
          ? null
          : (queue, pool, slots) =>
              NatsHints.open({
                ...{ server, security, name: `ood-grid ${id}`, queue, pool, slots, log },
                onConnection: (isConnected) => {
                  isQueueConnected = isConnected;
                },
              }),
      blobs,
      lifetime:
        lifeMs === null && idleMs === null
          ? null
          : new Lifetime({
              endsAt: lifeMs === null ? null : performance.now() + lifeMs,
              marginMs: MARGIN_MS + graceMs,
              idleMs,
            }),
      graceMs,
      log,
    });
    signal.addEventListener('abort', () => void worker.stop(graceMs), { once: true });
    try {
      const end = await worker.run();
      if (end === 'stopped' && flags.lifetime !== undefined) process.exitCode = DRAINED_EXIT_CODE;
    } finally {
      await tracing.close();
      await metrics?.close();
      remote.close();
      await leave();
    }
  }
}
