import { join } from 'node:path';
import type { SyntheticSpec } from '@oodgrid/contract';
import { EXIT_CODES, runIdSchema } from '@oodgrid/contract';
import { connectWorker, WIRE_VERSION, type WorkerLink } from '@oodgrid/transport';
import getPort from 'get-port';
import { ClusterClient, findNatsServer, startNatsServer } from 'ood-cli';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { oodCli } from '../support/cli.js';
import { Process } from '../support/processes.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
const { cacheDir } = cache;
const { signal } = new AbortController();
const nothing = () => undefined;
const CLASS = 'none';

let natsAddress: string;
let nats: ReturnType<typeof startNatsServer>;

const answers = (client: ClusterClient) =>
  vi.waitFor(() => client.runs(), { timeout: 30_000, interval: 100 });

/** A coordinator on the common NATS server, its client, and the workers that a test gives it. */
class Site {
  readonly client: ClusterClient;
  readonly #processes: Process[] = [];
  readonly #links: WorkerLink[] = [];
  #runs = 0;

  private constructor(address: string) {
    this.client = new ClusterClient(address);
  }

  static async open(name: string): Promise<Site> {
    const site = new Site(`127.0.0.1:${await getPort({ host: '127.0.0.1' })}`);
    const store = join(cache.folder, `store-${name}`);
    const where = ['--listen', site.client.address, '--nats', natsAddress, '--store', store];
    site.start(['serve', '--synthetic', '--lease', '1', ...where]);
    await answers(site.client);
    return site;
  }

  start(args: readonly string[]): Process {
    const started = new Process(args, cacheDir);
    this.#processes.push(started);
    return started;
  }

  worker(id: string, ...more: readonly string[]): Process {
    const where = ['--coordinator', this.client.address, '--nats', natsAddress];
    return this.start(['worker', ...where, '--id', id, '--engine', 'none', ...more]);
  }

  /** A worker that is there and asks for nothing. */
  idler(workerId: string, numericsClass: string, slots: number): WorkerLink {
    const engine = { kind: 'none', version: '1', device: 'cpu' };
    const about = { incarnation: 'i', host: 'here', pid: 1, memoryBytes: 1 };
    const worker = { workerId, numericsClass, slots, engine, ...about };
    const said = { protocol: WIRE_VERSION, proof: workerId, held: [], nextSequence: 1, worker };
    const link = connectWorker(this.client.address, said, { receive: nothing, closed: nothing });
    this.#links.push(link);
    return link;
  }

  async submit(spec: Partial<SyntheticSpec>, numericsClass = ''): Promise<string> {
    const { run } = await this.client.submit({
      run: runIdSchema.parse(`run-${++this.#runs}`),
      name: 'synthetic',
      idempotencyKey: '',
      priority: 0,
      numericsClass,
      isCacheUsed: false,
      spec: { ...SPEC, ...spec },
    });
    return run;
  }

  end(run: string) {
    return this.client.watch(run, signal, nothing, nothing, nothing);
  }

  async until(connected: number): Promise<void> {
    const count = async () =>
      (await this.client.workers()).filter(({ status }) => status === 'connected').length;
    await expect.poll(count, { timeout: 30_000 }).toBe(connected);
  }

  async waitsFor(run: string): Promise<string | undefined> {
    return (await this.client.show(run)).summary?.waitsFor;
  }

  command(...args: string[]) {
    return oodCli([...args, '--coordinator', this.client.address], { OODGRID_CACHE: cacheDir });
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.close();
    this.client.close();
    await Promise.all(this.#processes.map((one) => one.kill()));
  }
}

const SPEC: SyntheticSpec = {
  kind: 'synthetic',
  seed: 1,
  fits: 0,
  sweeps: 0,
  scores: 60,
  rows: 10,
  milliseconds: 20,
  fault: 'none',
};

let site: Site;
beforeAll(async () => {
  const port = await getPort({ host: '127.0.0.1' });
  natsAddress = `127.0.0.1:${port}`;
  nats = startNatsServer(findNatsServer(cacheDir), join(cache.folder, 'nats'), port);
  await new Promise<void>((resolve) => {
    nats.stderr?.on('data', (data: Buffer) => {
      if (data.toString().includes('Server is ready')) resolve();
    });
  });
  site = await Site.open('first');
}, 60_000);
afterAll(async () => {
  await site.close();
  nats.kill('SIGKILL');
  await nats;
  cache.remove();
});

describe('a worker with the id of another one', () => {
  it('is refused while that one lives, says whose it is, and disturbs nothing', async () => {
    const first = site.worker('w');
    await site.until(1);
    const run = await site.submit({ milliseconds: 50 });
    const twin = site.worker('w', '--wait', '1');
    expect(await twin.closed).toBe(EXIT_CODES.conflict);
    expect(twin.stderr.match(/"w" is connected already, from \S+ with process id \d+/g)).toHaveLength(2);
    expect(twin.stderr).toContain(`process id ${first.pid}`);
    expect((await site.end(run)).status).toBe('done');
    const log = (await site.client.logs(run)).join('\n');
    expect(log.match(/: attempt 1 started/g)).toHaveLength(60);
    expect(log).not.toMatch(/attempt 2/);
    await first.kill();
  }, 60_000);

  it('takes over when that one does not answer, which is then refused itself', async () => {
    const first = site.worker('v', '--wait', '1');
    await site.until(1);
    first.child.kill('SIGSTOP');
    const second = site.worker('v', '--wait', '30');
    const pidOf = async () => (await site.client.workers()).find(({ workerId }) => workerId === 'v')?.pid;
    await expect.poll(pidOf, { timeout: 30_000 }).toBe(second.pid);
    first.child.kill('SIGCONT');
    expect(await first.closed).toBe(EXIT_CODES.conflict);
    expect(await pidOf()).toBe(second.pid);
    await second.kill();
  }, 60_000);
});

describe('a numerics class', () => {
  it('without workers is said, and a run can be moved to another one', async () => {
    const worker = site.worker('c');
    await site.until(1);
    const run = await site.submit({}, 'elsewhere');
    expect(await site.waitsFor(run)).toMatch(
      /no worker of its class elsewhere takes tasks; there are none \(2/,
    );
    expect((await site.client.counters()).runs_without_worker).toBe(1);
    expect((await site.command('runs')).stdout).toMatch(`${run} waits: no worker of its class elsewhere`);
    const { stdout, code } = await site.command('move', run, '--class', CLASS);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/running for/)]);
    expect(await site.end(run)).toMatchObject({ status: 'done', numericsClass: CLASS, waitsFor: '' });
    await worker.kill();
  }, 60_000);

  it('is the one with the most places; when its workers leave, a run is moved over a restart', async () => {
    const large = site.idler('large', 'large', 16);
    const worker = site.worker('d');
    await site.until(2);
    const run = await site.submit({});
    await expect.poll(async () => (await site.client.show(run)).summary?.numericsClass).toBe('large');
    large.close();
    await expect.poll(() => site.waitsFor(run)).toMatch(/no worker of its class large/);
    expect((await site.command('move', run, '--class', CLASS)).code).toBe(0);
    expect((await site.end(run)).status).toBe('done');
    await worker.kill();
  }, 60_000);
});

describe('workers that vanish', () => {
  it('leave a queue that does not grow, and that the next ones need not wade through', async () => {
    const start = () => [1, 2].map((i) => site.worker(`x${i}`, '--tasks-per-executor', '32'));
    const workers = start();
    await site.until(2);
    const run = await site.submit({ scores: 3000, milliseconds: 2 });
    const done = async () =>
      (await site.client.show(run)).summary?.tasks.find(({ state }) => state === 'done')?.count;
    await expect.poll(done, { timeout: 20_000 }).toBeGreaterThan(200);
    await Promise.all(workers.map((one) => one.kill()));
    await site.until(0);
    const before = await site.client.counters();
    // As long as several leases and the grace of lost workers.
    await new Promise((resolve) => setTimeout(resolve, 6000));
    const after = await site.client.counters();
    // What was on offer, and what they had in hand; bundles make it fewer.
    expect(after.queue_messages).toBeLessThanOrEqual(4 * 64 + 64);
    expect(after.queue_messages).toBeLessThanOrEqual(before.queue_messages ?? 0);
    start();
    expect((await site.end(run)).status).toBe('done');
    const { hints_dropped = 0, queue_messages } = await site.client.counters();
    expect(hints_dropped - (after.hints_dropped ?? 0)).toBeLessThan(4 * 64);
    expect(queue_messages).toBeLessThan(64);
  }, 90_000);
});

describe('two coordinators on one NATS server', () => {
  it('do not meet', async () => {
    const other = await Site.open('second');
    try {
      site.worker('same');
      other.worker('same');
      await other.until(1);
      const runs = await Promise.all([site.submit({}), other.submit({})]);
      const ends = await Promise.all([site.end(runs[0]), other.end(runs[1])]);
      expect(ends.map(({ status }) => status)).toEqual(['done', 'done']);
      expect((await other.client.counters()).hints_dropped ?? 0).toBe(0);
    } finally {
      await other.close();
    }
  }, 60_000);
});

describe('a synthetic run', () => {
  it('is refused by a coordinator that was not started for tests', async () => {
    const address = `127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
    const store = join(cache.folder, 'store-third');
    const server = new Process(
      ['serve', '--listen', address, '--nats', natsAddress, '--store', store],
      cacheDir,
    );
    const client = new ClusterClient(address);
    try {
      await answers(client);
      const spec = { ...SPEC, fault: 'crash' } as const;
      const run = runIdSchema.parse('bad');
      const more = { name: 'bad', idempotencyKey: '', priority: 0, numericsClass: '', isCacheUsed: true };
      await expect(client.submit({ run, ...more, spec })).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringMatching(/takes grids/),
      });
    } finally {
      client.close();
      await server.kill();
    }
  }, 60_000);
});
