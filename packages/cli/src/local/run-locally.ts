import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResolvedGrid, RunEvent } from '@oodgrid/contract';
import { type Digest, OodError, type RunId } from '@oodgrid/contract';
import {
  areScoresDamaged,
  Coordinator,
  chooseInThread,
  DEFAULT_LEDGER_SETTINGS,
  hashJitter,
  type MergedPart,
  makeGridWorkload,
  mergeGridRun,
  nodeEnvironment,
  onSettled,
  openScoreCache,
  readMergedRun,
  setScoresAside,
  ThreadPool,
} from '@oodgrid/coordinator';
import type { OwnModule } from '@oodgrid/methods';
import { modelSourceModules } from '@oodgrid/models';
import { FolderBlobStore, serveGrpc, workerService } from '@oodgrid/transport';
import { AttemptError, Worker } from '@oodgrid/worker';
import { blobsDir, type CliContext, scoresPath } from '../context.js';

export interface LocalRunOptions {
  readonly id: RunId;
  readonly context: CliContext;
  /** Executors: processes that compute. */
  readonly workers: number;
  /** Bytes that the running tasks may take together. */
  readonly memoryBytes: number;
  readonly slice: number;
  readonly isCacheUsed: boolean;
  readonly engine: 'native' | 'wasm';
  /** Modules of the methods that are not of the catalog; none where this is left out. */
  readonly methods?: readonly OwnModule[];
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  /** Told the process ids of the executors when they have joined. */
  readonly onExecutors?: (pids: () => readonly number[]) => void;
}

const GRACE_MS = 5000;
/** A batch takes seconds; loading the largest model a minute. */
const STALL_MS = 15 * 60_000;

/**
 * A whole run on this machine: coordinator and worker in this process, executors as child processes; they
 * speak by gRPC over a unix socket, as they would from another machine. `use` is given the merged run piece by piece;
 * it is gone when that has settled.
 */
export async function runLocally<T>(
  grid: ResolvedGrid,
  options: LocalRunOptions,
  use: (parts: AsyncIterable<MergedPart>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'oodgrid-'));
  try {
    const merged = await runIn(folder, grid, options).catch((thrown: unknown) => {
      const path = scoresPath(options.context);
      const error = OodError.from(thrown);
      const isCacheDamaged = options.isCacheUsed && error.code === 'corrupt-data' && areScoresDamaged(path);
      if (!isCacheDamaged || options.signal.aborted) throw error;
      setScoresAside(path, 'the file is damaged', options.context.log);
      return runIn(folder, grid, options);
    });
    return await use(readMergedRun(createReadStream(merged, { highWaterMark: 1024 ** 2 })));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Gives the file of the merged run, in the folder. */
async function runIn(folder: string, grid: ResolvedGrid, options: LocalRunOptions): Promise<string> {
  const { context, signal, id, workers, isCacheUsed } = options;
  const blobs = new FolderBlobStore(blobsDir(context));
  const outcome = new Outcome();
  // Without the cache, results are kept for this run only.
  const path = isCacheUsed ? scoresPath(context) : join(folder, 'scores.db');
  const threads = new ThreadPool();
  const merging = join(folder, 'merging');
  const merged = join(folder, 'merged');
  const coordinator = new Coordinator({
    environment: nodeEnvironment,
    ledger: DEFAULT_LEDGER_SETTINGS,
    gatherMs: 0,
    jitter: hashJitter,
    openStore: () => openScoreCache(path, context.log),
    // Workers ask the coordinator itself.
    publisher: null,
    makeWorkload: makeGridWorkload,
    compute: onSettled((run, choice: string, results) =>
      chooseInThread(run, choice, results, { threads, database: path }),
    ),
    merge: onSettled(async (run, _results) => {
      await rm(merging, { recursive: true, force: true });
      await mkdir(merging);
      await mergeGridRun(run, {
        threads,
        database: path,
        folder: merging,
        out: merged,
        workers,
        onProgress: (cells, all) => options.onEvent({ kind: 'merge-progress', merged: cells, cells: all }),
      }).catch((cause: unknown) => {
        throw mergeProblem(OodError.from(cause), isCacheUsed);
      });
      return null;
    }),
    blobs: { isThere: (blob) => blobs.isThere(blob), check: onSettled((blob: Digest) => blobs.verify(blob)) },
    onEvent: (_run, event) => {
      options.onEvent(event);
      outcome.note(event);
    },
    // Only this process would try again: the scores that are stored are found by the next run.
    onStore: (error) => outcome.fail(error),
  });
  const stop = () =>
    outcome.fail(
      new OodError(
        'cancelled',
        `stopped before the run was done; ${isCacheUsed ? 'what was computed is in the cache' : 'with --no-cache nothing is kept'}`,
      ),
    );
  signal.addEventListener('abort', stop);
  const address = `unix:${join(folder, 'coordinator.sock')}`;
  const server = await serveGrpc(address, [
    workerService({ handler: coordinator, onRefused: () => undefined }),
  ]);
  const worker = new Worker({
    workerId: 'local',
    findCoordinator: async () => address,
    executors: workers,
    tasksPerExecutor: 1,
    memoryBytes: options.memoryBytes,
    settings: {
      blobsDir: blobsDir(context),
      cacheDir: context.cacheDir,
      engine: options.engine,
      methods: [...(options.methods ?? [])],
      modelSources: modelSourceModules(),
    },
    stallMs: STALL_MS,
    conflictMs: 0,
    openHints: null,
    lifetime: null,
    graceMs: GRACE_MS,
    blobs: {
      fetch: async () => () => undefined,
      publish: async () => undefined,
      // The executors read the only copy that there is.
      heal: async (digest, found) => {
        throw new AttemptError(found, 'store', digest);
      },
    },
    log: () => undefined,
  });
  options.onExecutors?.(() => worker.pids);
  const working = worker.run().catch((thrown: unknown) => outcome.fail(OodError.from(thrown)));
  try {
    const submitted = {
      kind: 'submitted',
      run: id,
      name: grid.name,
      at: new Date().toISOString(),
      idempotencyKey: null,
      priority: 0,
      pool: null,
      isCacheUsed,
      spec: { kind: 'grid', grid, slice: options.slice },
    } as const;
    await coordinator.change((dispatcher, now) => dispatcher.submit(submitted, now));
    await outcome.wait();
    return merged;
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.stop(GRACE_MS);
    await working;
    coordinator.close();
    await threads.close();
    await server.close();
  }
}

/** A full disk while results are put together is told by its folder and the way out. */
function mergeProblem(error: OodError, isCacheUsed: boolean): OodError {
  if (error.code !== 'resource-exhausted') return error;
  const again = isCacheUsed ? 'submit again: the scores are in the cache' : 'submit again';
  return new OodError(
    error.code,
    `${tmpdir()}: the results could not be put together there: ${error.message}; make room or name another folder in TMPDIR, and ${again}`,
    { cause: error },
  );
}

/** Collects the outcome of a run: its results, or the error that ended it. */
class Outcome {
  readonly #ended: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (error: OodError) => void = () => undefined;

  constructor() {
    this.#ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#ended.catch(() => undefined);
  }

  wait(): Promise<void> {
    return this.#ended;
  }

  fail(error: OodError | null): void {
    if (error !== null) this.#reject(error);
  }

  note(event: RunEvent): void {
    // There is no other worker, and whoever waits here can do more about it than waiting.
    if (event.kind === 'blob-missing' && !event.isDoneAgain) {
      const problem = `blob ${event.blob} was missing or damaged in the cache: run again, which writes it anew`;
      this.#reject(new OodError('corrupt-data', problem));
    }
    if (event.kind === 'worker-set-aside') this.#reject(new OodError(event.code, event.reason));
    if (event.kind === 'task-failed' && !event.willRetry) {
      this.#reject(new OodError(event.failure.code, `task ${event.taskId}: ${event.failure.message}`));
    }
    if (event.kind !== 'ended') return;
    if (event.problem === null) this.#resolve();
    else this.#reject(new OodError(event.problem.code, event.problem.message));
  }
}
