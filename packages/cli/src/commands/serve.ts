import { join } from 'node:path';
import { Flags } from '@oclif/core';
import { DEFAULT_LEDGER_SETTINGS, nodeEnvironment, serveCluster } from '@oodgrid/coordinator';
import { addressOf } from '@oodgrid/metrics';
import { endWithParent } from '../cluster/guarded-process.js';
import { metricsFlag } from '../cluster/metrics-flag.js';
import { cliContext } from '../context.js';
import { OodCommand } from '../ood-command.js';
import { logFormatFlag, processLog } from '../output/process-log.js';
import { requireWritable } from '../output/writable-folder.js';

/** Workers that are started together are there within this time, and have a numerics class chosen among them. */
const GATHER_MS = 2000;

export default class Serve extends OodCommand {
  static override enableJsonFlag = false;
  static override description =
    'Run a coordinator: it plans runs, hands out tasks over NATS, keeps results and merges them';
  static override flags = {
    listen: Flags.string({ description: 'HOST:PORT for workers and clients', default: '127.0.0.1:7433' }),
    nats: Flags.string({ description: 'HOST:PORT of the NATS server', default: '127.0.0.1:4222' }),
    store: Flags.string({
      description: 'folder of the journal, the results and the blobs (default: in the cache folder)',
    }),
    lease: Flags.integer({
      description: 'seconds after which a silent worker loses its tasks',
      default: 30,
      min: 1,
      max: 3600,
    }),
    'max-losses': Flags.integer({
      description: 'workers that a task may be lost with before it is quarantined',
      default: DEFAULT_LEDGER_SETTINGS.maxLosses,
      min: 1,
      max: 255,
    }),
    metrics: metricsFlag,
    'log-format': logFormatFlag,
    synthetic: Flags.boolean({
      description: 'take synthetic runs, which compute nothing of use and may fail on purpose: for tests',
      default: false,
      hidden: true,
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Serve);
    const signal = this.shutdownSignal();
    endWithParent();
    const storeDir = flags.store ?? join(cliContext([]).cacheDir, 'coordinator');
    await requireWritable(storeDir, "the coordinator's store", 'give another --store');
    const leaseMs = flags.lease * 1000;
    const log = processLog(flags['log-format']);
    const cluster = await serveCluster({
      storeDir,
      listen: flags.listen,
      natsServer: flags.nats,
      ledger: {
        ...DEFAULT_LEDGER_SETTINGS,
        leaseMs,
        maxLosses: flags['max-losses'],
        republishMs: Math.min(DEFAULT_LEDGER_SETTINGS.republishMs, leaseMs),
      },
      gatherMs: GATHER_MS,
      isSyntheticAllowed: flags.synthetic,
      metrics: flags.metrics ?? null,
      version: this.config.version,
      environment: nodeEnvironment,
      log,
    });
    log(`coordinator listens on ${flags.listen.replace(/:\d+$/, '')}:${cluster.port}`);
    if (cluster.metrics !== null) log(`metrics are on ${addressOf(cluster.metrics)}`);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await cluster.close();
  }
}
