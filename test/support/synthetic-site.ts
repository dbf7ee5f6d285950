import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type RunEvent, runIdSchema, type SyntheticSpec } from '@oodgrid/contract';
import getPort from 'get-port';
import { ClusterClient } from 'ood-cli';
import { afterEach, expect } from 'vitest';
import { oodCli } from './cli.js';
import { Process } from './processes.js';
import type { TemporaryCache } from './temporary-cache.js';

const nothing = () => undefined;
const { signal } = new AbortController();
const SPEC: SyntheticSpec = {
  kind: 'synthetic',
  seed: 1,
  fits: 1,
  sweeps: 4,
  scores: 60,
  rows: 10,
  milliseconds: 20,
  fault: 'none',
};

/** A coordinator without a queue that takes synthetic runs, and what a test gives it. */
export class SyntheticSite {
  readonly folder: string;
  readonly storeDir: string;
  readonly clusterFile: string;
  readonly #cacheDir: string;
  readonly #processes: Process[] = [];
  client: ClusterClient;
  coordinator: Process | undefined;
  /** Environment of what is started from now on. */
  env: Readonly<Record<string, string>> = {};

  constructor(folder: string, cacheDir: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.storeDir = join(folder, 'store');
    this.clusterFile = join(folder, 'cluster.json');
    this.#cacheDir = cacheDir;
    this.client = new ClusterClient('127.0.0.1:1');
  }

  /** Starts the coordinator on a port that is free; resolves when it answers. */
  async serve(nats = 'none', ...more: readonly string[]): Promise<Process> {
    const address = `127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
    const where = ['--listen', address, '--store', this.storeDir, '--cluster-file', this.clusterFile];
    this.coordinator = this.start('serve', '--synthetic', '--nats', nats, '--lease', '2', ...where, ...more);
    this.client.close();
    this.client = new ClusterClient(address);
    await expect
      .poll(
        () =>
          this.client.runs().then(
            () => true,
            () => false,
          ),
        { timeout: 30_000, interval: 50 },
      )
      .toBe(true);
    return this.coordinator;
  }

  worker(id: string, ...more: readonly string[]): Process {
    return this.start(
      'worker',
      '--coordinator',
      `@${this.clusterFile}`,
      '--id',
      id,
      '--engine',
      'none',
      ...more,
    );
  }

  start(...args: readonly string[]): Process {
    const started = new Process(args, this.#cacheDir, this.env);
    this.#processes.push(started);
    return started;
  }

  command(...args: readonly string[]) {
    return oodCli(args, { ...this.env, OODGRID_CACHE: this.#cacheDir });
  }

  async submit(run: string, spec: Partial<SyntheticSpec> = {}): Promise<void> {
    const options = { name: run, idempotencyKey: '', priority: 0, numericsClass: '', isCacheUsed: false };
    await this.client.submit({ run: runIdSchema.parse(run), ...options, spec: { ...SPEC, ...spec } });
  }

  /** Resolves when the run has ended, and tells what happens until then. */
  end(run: string, onEvent: (event: RunEvent) => void = nothing) {
    return this.client.watch(run, signal, onEvent, nothing, nothing);
  }

  async connected(count: number): Promise<void> {
    const found = async () =>
      (await this.client.workers()).filter(({ status }) => status === 'connected').length;
    await expect.poll(found, { timeout: 30_000, interval: 50 }).toBe(count);
  }

  /** Tasks of a run in some state. */
  async tasks(run: string, state: string): Promise<number> {
    const { summary } = await this.client.show(run);
    return summary?.tasks.find((one) => one.state === state)?.count ?? 0;
  }

  async close(): Promise<void> {
    this.client.close();
    await Promise.all(this.#processes.map((one) => one.kill()));
  }
}

/** Opens a site for a test, which `use` is given as well, and closes it when the test is over. */
export function syntheticSites(
  cache: TemporaryCache,
  use: (site: SyntheticSite) => void,
): () => SyntheticSite {
  let count = 0;
  let site: SyntheticSite | undefined;
  afterEach(() => site?.close());
  return () => {
    site = new SyntheticSite(join(cache.folder, `site-${++count}`), cache.cacheDir);
    use(site);
    return site;
  };
}
