import { join } from 'node:path';
import type { ServerCredentials } from '@grpc/grpc-js';
import type { Digest, Log } from '@oodgrid/contract';
import { type MetricsServer, NO_TRACING, type Tracing } from '@oodgrid/metrics';
import {
  blobService,
  type ConnectionLimits,
  connectionLimits,
  type GrpcServer,
  NatsPublisher,
  type NatsSecurity,
  openFilesLimit,
  type S3Bucket,
  serveGrpc,
  type TaskPublisher,
  workerService,
} from '@oodgrid/transport';
import { AuditLog } from '../access/audit-log.js';
import { checkExposure, type Insecure } from '../access/exposure.js';
import { tokenService } from '../access/token-service.js';
import { TOKENS_FILE, TokenStore } from '../access/token-store.js';
import { Coordinator } from '../coordinator.js';
import type { Environment } from '../coordinator-options.js';
import { hashJitter } from '../jitter.js';
import type { LedgerSettings } from '../ledger/ledger-events.js';
import { onSettled } from '../on-settled.js';
import { SqliteStore } from '../store/sqlite-store.js';
import { chooseInThread } from '../threads/choose-in-thread.js';
import { ThreadPool } from '../threads/thread-pool.js';
import { makeGridWorkload, makeWorkload } from '../workload/make-workload.js';
import { clientService } from './client-service.js';
import { collectGarbage } from './collect-garbage.js';
import { serveCoordinatorMetrics } from './coordinator-metrics.js';
import { clearMerges, mergeToBlob } from './merge-to-blob.js';
import { openBlobs } from './open-blobs.js';
import { OperatorLog } from './operator-log.js';
import { RunFeed } from './run-feed.js';
import { RunTraces } from './run-traces.js';
import { RunningMetrics } from './running-metrics.js';

export interface ClusterOptions {
  /** Folder of the journal, the results and, without a bucket for them, the blobs. */
  readonly storeDir: string;
  /** Bucket of the blobs; left out or null: they are in the store's folder. */
  readonly bucket?: S3Bucket | null;
  /** Address for workers and clients, for example `0.0.0.0:7433`. */
  readonly listen: string;
  /** For example `127.0.0.1:4222`; null: workers ask the coordinator itself for tasks. */
  readonly natsServer: string | null;
  readonly natsSecurity: NatsSecurity;
  /** Servers of a NATS cluster that hold each stream. */
  readonly natsReplicas: number;
  readonly ledger: LedgerSettings;
  /** Milliseconds for which the first worker of an empty cluster waits for others before a numerics class is chosen. */
  readonly gatherMs: number;
  /** Whether synthetic runs are taken: for tests. */
  readonly isSyntheticAllowed: boolean;
  /** `HOST:PORT` for Prometheus and probes; null: nobody asks. */
  readonly metrics: string | null;
  /** Version of this program. */
  readonly version: string;
  /** Null: links are not encrypted. */
  readonly tls: ServerCredentials | null;
  /** Protections that the operator has switched off for addresses that other machines reach. */
  readonly insecure: Insecure;
  readonly environment: Environment;
  readonly log: Log;
  /** Destination of spans; left out: none are made. */
  readonly tracing?: Tracing;
}

export interface Cluster {
  readonly port: number;
  /** The server of /metrics, /healthz and /readyz; null when it is switched off. */
  readonly metrics: MetricsServer | null;
  readonly coordinator: Coordinator;
  close(): Promise<void>;
}

/** File of a store's tokens: as soon as there is one, every call needs a token. */
export const tokensPath = (storeDir: string): string => join(storeDir, TOKENS_FILE);

/** Id of the queue of the coordinator whose store that is; made with the store where there is none yet. */
export function storeId(storeDir: string): string {
  const store = new SqliteStore({ path: join(storeDir, 'store.db'), isExclusive: false });
  try {
    return store.id;
  } finally {
    store.close();
  }
}

/** Says where there are fewer than there could be. */
function connectionsHere(log: Log): ConnectionLimits {
  const files = openFilesLimit();
  const limits = connectionLimits(files);
  if (limits.maxConnections < connectionLimits(Number.POSITIVE_INFINITY).maxConnections)
    log(
      `takes at most ${limits.maxConnections} connections: this process may have ${files} files open (ulimit -n)`,
    );
  return limits;
}

/**
 * Starts a coordinator: store, queue and services. Throws when one of them cannot be had, and `invalid-input` for an
 * address of other machines' without TLS and tokens.
 */
export async function serveCluster(options: ClusterOptions): Promise<Cluster> {
  const { storeDir, listen, natsServer, ledger, environment, tracing = NO_TRACING } = options;
  const traces = new RunTraces(tracing, (run) => traceparentOf(coordinator, run));
  const log: Log = (line, about) => {
    const trace = traces.traceOf(about?.run);
    options.log(line, trace === undefined ? about : { ...about, trace });
  };
  const tokens = new TokenStore(tokensPath(storeDir), environment.wallClock, log);
  checkExposure({ ...options, hasTls: options.tls !== null, hasTokens: tokens.isInUse });
  const audit = new AuditLog({ path: join(storeDir, 'audit.jsonl'), wallClock: environment.wallClock, log });
  const blobs = await openBlobs(storeDir, options.bucket ?? null, () => storeId(storeDir));
  const feed = new RunFeed(environment.wallClock);
  const operator = new OperatorLog(log, environment.now);
  const publisher = natsServer === null ? null : new LatePublisher();
  const database = join(storeDir, 'store.db');
  const merging = join(storeDir, 'merging');
  const threads = new ThreadPool();
  const running = new RunningMetrics(threads, database, environment.now);

  const coordinator: Coordinator = new Coordinator({
    environment,
    ledger,
    gatherMs: options.gatherMs,
    jitter: hashJitter,
    openStore: () => new SqliteStore({ path: database, isExclusive: true }),
    publisher,
    makeWorkload: options.isSyntheticAllowed ? makeWorkload : makeGridWorkload,
    compute: onSettled((run, id: string, results) => chooseInThread(run, id, results, { threads, database })),
    merge: onSettled((run, results) =>
      traces.merging(run.id, () =>
        mergeToBlob(run, results, {
          threads,
          database,
          blobs,
          folder: merging,
          onProgress: ({ id }, merged, cells) => feed.publish(id, { kind: 'merge-progress', merged, cells }),
        }),
      ),
    ),
    blobs: { isThere: (blob) => blobs.isThere(blob), check: onSettled((blob: Digest) => blobs.verify(blob)) },
    onEvent: (run, event) => {
      feed.publish(run, event);
      operator.event(run, event);
      if (event.kind === 'ended') traces.ended(run);
    },
    onWorkerEvent: (event) => operator.workerEvent(event),
    onStore: (error, run) =>
      error === null
        ? log('the store is back')
        : log(`${error.message}; trying again every second`, {
            level: 'error',
            ...(run === undefined ? {} : { run }),
          }),
  });
  let server: GrpcServer | undefined;
  let metrics: MetricsServer | null = null;
  let isStopping = false;
  let isNatsConnected = true;
  let nats: NatsPublisher | undefined;
  try {
    // The store is this coordinator's now: what lies there is nobody else's.
    await clearMerges(merging);
    const count = (name: string) => {
      try {
        coordinator.read(({ counters }) => counters.add(name));
      } catch {
        // The store is being opened again: counters start anew with it.
      }
    };
    if (natsServer !== null) {
      nats = await NatsPublisher.open({
        server: natsServer,
        security: options.natsSecurity,
        name: 'ood-grid coordinator',
        queue: coordinator.queue,
        replicas: options.natsReplicas,
        log,
        contextOf: (run) => traces.contextOf(run),
        onReturn: () => coordinator.queueReturned(),
        onLost: () => count('publications_lost'),
        onConnection: (isConnected) => {
          isNatsConnected = isConnected;
        },
      });
      publisher?.attach(nats);
      coordinator.queueReturned();
    }
    const attached = nats;
    const services = [
      workerService({
        handler: operator.watch(traces.watch(coordinator)),
        onRefused: (reason) => count(`refused_${reason}`),
      }),
      clientService({
        coordinator,
        blobs,
        feed,
        running,
        tracing,
        onSubmitted: (run, name, isNew) => operator.submitted(run, name, isNew),
        wallClock: environment.wallClock,
        now: environment.now,
        isSyntheticAllowed: options.isSyntheticAllowed,
        queueLength: async () => attached?.length(),
        collect: (request) =>
          collectGarbage({ coordinator, blobs, feed, wallClock: environment.wallClock }, request),
      }),
      blobService({ blobs, onStored: (blob) => coordinator.blobArrived(blob) }),
      tokenService(tokens),
    ];
    server = await serveGrpc(listen, services, {
      limits: connectionsHere(log),
      tls: options.tls,
      authenticator: tokens,
      audit: (entry) => audit.note(entry),
      onRefused: (reason) => count(`refused_${reason}`),
    });
    if (options.metrics !== null) {
      metrics = await serveCoordinatorMetrics({
        ...{ listen: options.metrics, version: options.version, storeDir, coordinator, running, environment },
        queue:
          attached === undefined
            ? null
            : { isConnected: () => isNatsConnected, length: () => attached.length() },
        isStopping: () => isStopping,
      });
    }
    const { port, close } = server;
    return {
      port,
      metrics,
      coordinator,
      close: async () => {
        isStopping = true;
        await close();
        coordinator.close();
        await threads.close();
        await nats?.close();
        await metrics?.close();
      },
    };
  } catch (error) {
    await metrics?.close();
    await server?.close();
    coordinator.close();
    await threads.close();
    throw error;
  }
}

/** Trace context that a run was submitted with; it is in the journal. */
function traceparentOf(coordinator: Coordinator, run: string): string | undefined {
  if (!coordinator.isStoreUp) return undefined;
  return coordinator.read(({ runs }) => runs.get(run)?.submitted.traceparent);
}

/** A publisher that drops what it is given until the queue is attached; everything is published again then. */
class LatePublisher implements TaskPublisher {
  #inner: TaskPublisher | undefined;

  attach(inner: TaskPublisher): void {
    this.#inner = inner;
  }

  publish(message: Parameters<TaskPublisher['publish']>[0]): void {
    this.#inner?.publish(message);
  }

  clear(pool: string | null): void {
    this.#inner?.clear(pool);
  }
}
