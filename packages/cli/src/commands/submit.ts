import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { type Results, runIdSchema } from '@oodgrid/contract';
import { type MergedPart, planGrid } from '@oodgrid/coordinator';
import { openTracing } from '@oodgrid/metrics';
import { registerModelSource } from '@oodgrid/models';
import { registerProtocol } from '@oodgrid/protocols';
import { type Endpoint, FolderBlobStore, RemoteBlobStore } from '@oodgrid/transport';
import { ClusterClient, type SubmitOptions } from '../cluster/cluster-client.js';
import { coordinatorFlag } from '../cluster/cluster-command.js';
import { connectionFlags, coordinatorEndpoint } from '../cluster/connection-flags.js';
import { fetchResults, followRun } from '../cluster/follow-run.js';
import { blobsDir, cliContext } from '../context.js';
import { methodsWith, modulesOf } from '../grid/own-methods.js';
import { readGrid } from '../grid/read-grid.js';
import { resolveGrid } from '../grid/resolve-grid.js';
import { refuseModulesOnCluster, takeInModules } from '../grid/user-modules.js';
import { RateRecorder } from '../local/measured-rates.js';
import { placeWorkers } from '../local/place-workers.js';
import { runLocally } from '../local/run-locally.js';
import {
  dataDirFlag,
  gridArg,
  methodFlag,
  modelSourceFlag,
  OodCommand,
  protocolFlag,
  setFlag,
} from '../ood-command.js';
import { reserveOutput } from '../output/reserve-output.js';
import { resultsText } from '../output/results-text.js';
import { requireCache, requireTemporaryFolder } from '../output/writable-folder.js';
import { reportFiles, writeRun } from '../output/write-run.js';
import { unlessStopped } from '../process/shutdown.js';
import { showProgress } from '../progress/show-progress.js';

export default class Submit extends OodCommand {
  static override description = 'Compute a grid: every method on every data set pair and model, then report';
  static override examples = [
    '<%= config.bin %> submit examples/quickstart.yaml',
    '<%= config.bin %> submit grid.yaml --workers 4 --set seed=7',
    '<%= config.bin %> submit grid.yaml --coordinator 127.0.0.1:7433',
  ];
  static override args = { grid: gridArg };
  static override flags = {
    workers: Flags.integer({
      description: 'worker processes (default: one per core, as far as memory reaches)',
      min: 1,
      max: 1024,
    }),
    cache: Flags.boolean({ description: 'use and fill the score cache', default: true, allowNo: true }),
    output: Flags.string({
      description: "folder for the run's results (default: outputs.dir of the grid, then the run's id)",
    }),
    set: setFlag,
    protocol: protocolFlag,
    method: methodFlag,
    'model-source': modelSourceFlag,
    'data-dir': dataDirFlag,
    coordinator: coordinatorFlag,
    ...connectionFlags,
    key: Flags.string({
      description: 'with --coordinator: a submission with the same key is the same run (default: a new key)',
      dependsOn: ['coordinator'],
    }),
    priority: Flags.integer({
      description: 'with --coordinator: runs with a higher priority go first',
      default: 0,
      min: -1000,
      max: 1000,
    }),
    class: Flags.string({
      description:
        'with --coordinator: numerics class, as "ood-cli workers" prints it (default: the one with the most places)',
      dependsOn: ['coordinator'],
    }),
    detach: Flags.boolean({
      description: 'with --coordinator: do not wait for the end',
      dependsOn: ['coordinator'],
    }),
    engine: Flags.string({
      description: 'tensor engine',
      options: ['native', 'wasm'] as const,
      default: 'native',
    }),
  };

  async run(): Promise<Results | { run: string }> {
    const { args, flags } = await this.parse(Submit);
    const signal = this.shutdownSignal();
    const context = cliContext(flags['data-dir']);
    refuseModulesOnCluster('--protocol', flags.protocol, flags.coordinator);
    await takeInModules(flags.protocol, registerProtocol);
    refuseModulesOnCluster('--model-source', flags['model-source'], flags.coordinator);
    await takeInModules(flags['model-source'], registerModelSource);
    refuseModulesOnCluster('--method', flags.method, flags.coordinator);
    const methods = await methodsWith(flags.method);
    const { grid, baseDir } = await unlessStopped(signal, readGrid(args.grid, flags.set, methods));
    const id = runIdSchema.parse(runId(grid.name ?? 'grid', new Date()));
    const folder =
      flags.output === undefined ? resolve(baseDir, grid.outputs.dir, id) : resolve(flags.output);
    await requireCache(context.cacheDir);
    await requireTemporaryFolder();
    // A command that does not wait writes nothing.
    const release = flags.detach ? () => undefined : (await reserveOutput(folder)).release;
    const { coordinator } = flags;
    const endpoint =
      coordinator === undefined ? null : coordinatorEndpoint({ ...flags, coordinator }, context.log);
    const remote = endpoint === null ? null : new RemoteBlobStore(endpoint);
    const blobs = remote ?? new FolderBlobStore(blobsDir(context));
    try {
      const resolved = await unlessStopped(
        signal,
        resolveGrid(grid, { context, baseDir, blobs, signal, methods }),
      );
      const { formats } = grid.outputs;
      const wayOut = wayOutOf(flags);
      const write = (parts: AsyncIterable<MergedPart>) => writeRun(parts, folder, formats, wayOut);
      const show = (results: Results) => this.#show(results, folder, formats);
      if (endpoint !== null) {
        const spec = { kind: 'grid', grid: resolved, slice: grid.options.slice } as const;
        const submitted = await this.#submitRemotely(endpoint, {
          run: id,
          name: resolved.name,
          idempotencyKey: flags.key ?? randomUUID(),
          priority: flags.priority,
          numericsClass: flags.class ?? '',
          isCacheUsed: flags.cache,
          spec,
        });
        if (flags.detach) {
          this.log(submitted);
          return { run: submitted };
        }
        return show(await this.#follow(endpoint, submitted, signal, write));
      }
      const { workers, taskMemoryBytes, isTight, reason } = placeWorkers(
        resolved.memoryBytes,
        flags.workers ?? grid.options.workers,
      );
      if (isTight) context.log(`warning: ${workers} workers, ${reason}`);
      const { tasks } = planGrid(resolved, grid.options.slice);
      const progress = showProgress(tasks, process.stderr);
      const rates = new RateRecorder(tasks);
      const results = await runLocally(
        resolved,
        {
          id,
          context,
          workers,
          memoryBytes: taskMemoryBytes,
          slice: grid.options.slice,
          isCacheUsed: flags.cache,
          engine: flags.engine === 'wasm' ? 'wasm' : 'native',
          methods: modulesOf(methods),
          signal,
          onEvent: (event) => {
            progress.onEvent(event);
            rates.add(event);
          },
        },
        write,
      ).finally(() => progress.close());
      await rates.save(context.cacheDir);
      return show(results);
    } finally {
      release();
      remote?.close();
    }
  }

  async #submitRemotely(coordinator: Endpoint, options: SubmitOptions): Promise<string> {
    const client = new ClusterClient(coordinator);
    const tracing = await openTracing('ood-grid-submit', process.env);
    const span = tracing.start('submit', process.env.TRACEPARENT, { run: options.run });
    try {
      const { run, isNew } = await client.submit(options, span.traceparent);
      span.end();
      this.logToStderr(isNew ? `submitted: ${run}` : `this key was submitted before: ${run}`);
      const waitsFor = (await client.show(run)).summary?.waitsFor ?? '';
      if (waitsFor !== '') this.logToStderr(`waits: ${waitsFor}`);
      return run;
    } finally {
      span.end('it was not taken');
      await tracing.close();
      client.close();
    }
  }

  async #follow(
    coordinator: Endpoint,
    run: string,
    signal: AbortSignal,
    write: (parts: AsyncIterable<MergedPart>) => Promise<Results>,
  ): Promise<Results> {
    const client = new ClusterClient(coordinator);
    try {
      const results = await write(
        fetchResults(client, await followRun(client, run, { signal, output: process.stderr })),
      );
      // Only gc asks for it: a coordinator that is gone by now changes nothing here.
      await client.fetched(run).catch(() => undefined);
      return results;
    } finally {
      client.close();
    }
  }

  #show(results: Results, folder: string, formats: readonly string[]): Results {
    this.log(resultsText(results));
    this.log(`results: ${folder}`);
    const pages = reportFiles(formats).filter(({ isPage }) => isPage === true);
    for (const { name } of pages) this.log(`report:  ${join(folder, name)}`);
    return results;
  }
}

/** Advice to add to an error when the results exist but could not be written here. */
function wayOutOf({ coordinator, cache }: { coordinator?: string | undefined; cache: boolean }): string {
  if (coordinator !== undefined) {
    return 'The coordinator keeps them: make room or choose another folder, and fetch them by ood-cli watch RUN --output DIR';
  }
  return cache
    ? 'Make room or give another --output and submit again: the scores are in the cache'
    : 'Make room or give another --output and submit again; with --no-cache nothing is kept';
}

/** `quickstart-20261124-073421`: sorts by time, reads at a glance. */
function runId(name: string, now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  // No flag for the commands that it is given to, and no longer than an id may be.
  const plain = name
    .replaceAll(/[^\w-]/g, '-')
    .replace(/^-+/, '')
    .slice(0, 48);
  return `${plain === '' ? 'grid' : plain}-${stamp}-${process.pid}`;
}
