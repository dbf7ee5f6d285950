import { realpath } from 'node:fs/promises';
import { Flags } from '@oclif/core';
import { DEFAULT_LEDGER_SETTINGS, nodeEnvironment, serveCluster } from '@oodgrid/coordinator';
import { addressOf, openTracing } from '@oodgrid/metrics';
import { blobsFlag, bucketOf } from '../cluster/blobs-flag.js';
import { reachableAddresses, writeClusterFile } from '../cluster/cluster-file.js';
import { natsFlags, natsSecurity, serverCredentials, tlsFlags } from '../cluster/connection-flags.js';
import { GATHER_MS } from '../cluster/gathering.js';
import { endWithParent } from '../cluster/guarded-process.js';
import { metricsFlag } from '../cluster/metrics-flag.js';
import { natsServerOf } from '../cluster/nats-flag.js';
import { cliContext } from '../context.js';
import { OodCommand } from '../ood-command.js';
import { defaultStore, storeDescription } from '../output/default-store.js';
import { requireLocalDisk } from '../output/local-disk.js';
import { logFormatFlag, processLog } from '../output/process-log.js';
import { requireWritable } from '../output/writable-folder.js';

/** Runs wait that long for a server of blobs that is away, before tasks fail because of it. */
const BLOBS_PATIENCE_MS = 10 * 60_000;

export default class Serve extends OodCommand {
  static override enableJsonFlag = false;
  static override description =
    'Run a coordinator: it plans runs, hands out tasks, keeps results and merges them';
  static override flags = {
    listen: Flags.string({ description: 'HOST:PORT for workers and clients', default: '127.0.0.1:7433' }),
    ...natsFlags,
    'nats-replicas': Flags.integer({
      description: 'servers of a NATS cluster that hold each queue; with 3 of 3 one may be lost',
      env: 'OODGRID_NATS_REPLICAS',
      default: 1,
      min: 1,
      max: 5,
    }),
    store: Flags.string({ description: storeDescription }),
    blobs: blobsFlag,
    'cluster-file': Flags.string({
      description:
        'file that says where this coordinator is, written for workers and clients of machines that see the same files (--coordinator @FILE)',
    }),
    advertise: Flags.string({
      description:
        'HOST:PORT that others reach it by, for the cluster file (repeatable; default: all of this machine)',
      multiple: true,
      multipleNonGreedy: true,
      default: [],
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
    ...tlsFlags,
    'insecure-no-tls': Flags.boolean({
      description: 'listen on an address of other machines without encrypting links: something else does it',
      default: false,
    }),
    'insecure-no-tokens': Flags.boolean({
      description:
        'listen on an address of other machines although no token was made: whoever reaches it may do everything',
      default: false,
    }),
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
    const storeDir = flags.store ?? defaultStore(cliContext([]));
    await requireWritable(storeDir, "the coordinator's store", 'give another --store');
    await requireLocalDisk(await realpath(storeDir));
    const leaseMs = flags.lease * 1000;
    const log = processLog(flags['log-format']);
    const tracing = await openTracing('ood-grid-coordinator', process.env);
    const cluster = await serveCluster({
      tracing,
      storeDir,
      bucket: bucketOf(flags.blobs, { env: process.env, patienceMs: BLOBS_PATIENCE_MS, log }),
      listen: flags.listen,
      natsServer: natsServerOf(flags.nats),
      natsSecurity: natsSecurity(flags),
      natsReplicas: flags['nats-replicas'],
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
      tls: serverCredentials(flags, log),
      insecure: { noTls: flags['insecure-no-tls'], noTokens: flags['insecure-no-tokens'] },
      environment: nodeEnvironment,
      log,
    });
    if (flags['cluster-file'] !== undefined) {
      const own = reachableAddresses(flags.listen, cluster.port);
      const addresses = flags.advertise.length > 0 ? flags.advertise : own;
      await writeClusterFile(flags['cluster-file'], addresses, new Date());
    }
    log(`coordinator listens on ${flags.listen.replace(/:\d+$/, '')}:${cluster.port}`);
    if (cluster.metrics !== null) log(`metrics are on ${addressOf(cluster.metrics)}`);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await cluster.close();
    await tracing.close();
  }
}
