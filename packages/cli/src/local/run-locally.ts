import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  GridRun,
  type MergedRun,
  mergeRun,
  type Plan,
  type ResolvedGrid,
  type RunEvent,
  ScoreCache,
} from '@oodgrid/coordinator';
import { OodError, type RunId } from '@oodgrid/protocol';
import { type BlobStore, LocalQueue, serveWorkers } from '@oodgrid/transport';
import { blobsDir, type CliContext, cacheIndexDir } from '../context.js';
import { WorkerPool } from './worker-pool.js';

export interface LocalRunOptions {
  readonly id: RunId;
  readonly context: CliContext;
  readonly blobs: BlobStore;
  readonly workers: number;
  readonly plan: Plan;
  readonly isCacheUsed: boolean;
  readonly engine: 'native' | 'wasm';
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * A whole run on this machine: the coordinator in this process, workers as child processes that reach it by
 * gRPC over a unix socket, as they would reach one on another machine.
 */
export async function runLocally(grid: ResolvedGrid, options: LocalRunOptions): Promise<MergedRun> {
  const { context, blobs, workers, signal, plan } = options;
  const startedAt = new Date();
  const start = performance.now();
  const run = new GridRun({
    plan,
    blobs,
    cache: options.isCacheUsed ? new ScoreCache(cacheIndexDir(context)) : null,
    queue: new LocalQueue<string>(),
    onEvent: options.onEvent,
    newToken: randomUUID,
    pause: () => setImmediate(),
  });
  const folder = await mkdtemp(join(tmpdir(), 'oodgrid-'));
  const stop = () =>
    run.stop(new OodError('cancelled', 'stopped before the run was done; what was computed is in the cache'));
  signal.addEventListener('abort', stop);
  try {
    const address = `unix:${join(folder, 'coordinator.sock')}`;
    const server = await serveWorkers(run, { address });
    const pool = new WorkerPool({
      workers,
      settings: { address, blobsDir: blobsDir(context), cacheDir: context.cacheDir, engine: options.engine },
      onHopeless: (error) => run.stop(error),
    });
    try {
      const outcome = await run.outcome();
      const facts = {
        id: options.id,
        startedAt,
        workers,
        machine: {
          node: process.version,
          platform: `${process.platform} ${process.arch}`,
          cpu: cpus()[0]?.model ?? 'unknown',
        },
        secondsElapsed: () => (performance.now() - start) / 1000,
      };
      return await mergeRun(grid, plan, outcome, facts, () => setImmediate());
    } finally {
      await pool.close();
      await server.close();
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await rm(folder, { recursive: true, force: true });
  }
}
