import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SyntheticSpec } from '@oodgrid/contract';
import { EXIT_CODES, runIdSchema } from '@oodgrid/contract';
import { ClusterClient, OUTPUT_SCHEMAS } from 'ood-cli';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { oodCli } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
const env = { OODGRID_CACHE: cache.cacheDir };
let cluster: TestCluster;
let client: ClusterClient;
let runs = 0;
const { signal } = new AbortController();
const nothing = () => undefined;

beforeAll(async () => {
  const folder = join(cache.folder, 'cluster');
  mkdirSync(folder);
  cluster = await TestCluster.start({
    folder,
    cacheDir: cache.cacheDir,
    workers: 2,
    leaseSeconds: 3,
    workerArgs: ['--engine', 'none', '--stall', '2'],
  });
  const waiting = new ClusterClient(cluster.coordinatorAddress);
  await vi.waitFor(async () => expect(await waiting.workers()).toHaveLength(2), 30_000);
  waiting.close();
}, 60_000);
afterAll(async () => {
  await cluster.close();
  cache.remove();
});
beforeEach(() => {
  client = new ClusterClient(cluster.coordinatorAddress);
});
afterEach(() => client.close());

const SPEC: SyntheticSpec = {
  kind: 'synthetic',
  seed: 1,
  fits: 1,
  sweeps: 2,
  scores: 6,
  rows: 100,
  milliseconds: 20,
  fault: 'none',
};

async function submit(spec: Partial<SyntheticSpec> = {}, key = ''): Promise<string> {
  const { run } = await client.submit({
    run: runIdSchema.parse(`run-${++runs}`),
    name: 'synthetic',
    idempotencyKey: key,
    priority: 0,
    numericsClass: '',
    isCacheUsed: true,
    spec: { ...SPEC, ...spec },
  });
  return run;
}

const end = (run: string) => client.watch(run, signal, nothing, nothing, nothing);

/** Runs a command, checks its JSON, and gives it. */
async function command(name: keyof typeof OUTPUT_SCHEMAS, ...args: string[]) {
  const flags = ['--coordinator', cluster.coordinatorAddress, '--json'];
  const { stdout, code } = await oodCli([name, ...args, ...flags], env);
  expect(code).toBe(0);
  const output = JSON.parse(stdout);
  expect(OUTPUT_SCHEMAS[name].safeParse(output).error).toBeUndefined();
  return output;
}

async function text(...args: string[]): Promise<string> {
  const { stdout } = await oodCli([...args, '--coordinator', cluster.coordinatorAddress], env);
  return stdout;
}

describe('a run', () => {
  it('goes through a graph of fits, sweeps, a choice and scores, and is one run however often it is submitted', async () => {
    const first = await submit({}, 'same');
    expect(await submit({}, 'same')).toBe(first);
    const summary = await end(first);
    expect(summary).toMatchObject({ status: 'done', problemCode: '' });
    expect(summary.result).toMatch(/^[0-9a-f]{64}$/);
    expect((await command('show', first)).run.status).toBe('done');
    expect(await text('runs')).toMatch(new RegExp(`${first} +done`));
    expect((await command('runs')).runs.filter((one: { run: string }) => one.run === first)).toHaveLength(1);
    expect((await command('logs', first)).lines.join('\n')).toMatch(/attempt 1 started/);
    expect((await command('watch', first)).run.status).toBe('done');
    expect(cluster.coordinator.text).toMatch(/worker w0 on \S+ joined: /);
    expect(cluster.coordinator.text).toContain(`run ${first} (synthetic) is submitted\n`);
    expect(cluster.coordinator.text).toContain(`run ${first} is done`);
  }, 60_000);

  it('can be paused, goes on, and can be cancelled', async () => {
    const run = await submit({ scores: 200, milliseconds: 50 });
    expect((await command('pause', run)).run.status).toBe('paused');
    await expect
      .poll(
        async () => (await client.show(run)).summary?.tasks.find(({ state }) => state === 'running')?.count,
      )
      .toBe(0);
    const before = (await client.show(run)).summary?.tasks;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await client.show(run)).summary?.tasks).toEqual(before);
    expect((await command('resume', run)).run.status).toBe('running');
    expect((await command('cancel', run)).run.status).toBe('cancelled');
    const again = await oodCli(['cancel', run, '--coordinator', cluster.coordinatorAddress], env);
    expect(again).toMatchObject({
      code: EXIT_CODES['invalid-input'],
      stderr: expect.stringMatching(/is over/),
    });
    // Its workers have places again.
    expect((await end(await submit())).status).toBe('done');
  }, 60_000);

  it.each([
    ['crash', 'unavailable', /the executor crashed with SIGSEGV/],
    ['hang', 'unavailable', /the executor hung: no sign of life for 2 s; it was killed/],
    ['out-of-memory', 'resource-exhausted', /out of memory with \d+ MiB in use/],
    ['throw', 'internal', /a fault on purpose/],
  ] as const)(
    'whose task meets a %s fails with the reason; the worker lives and the other tasks are done',
    async (fault, code, message) => {
      const workersBefore = cluster.workers.map(({ pid }) => pid);
      const run = await submit({ fits: 0, sweeps: 0, scores: 4, fault });
      const summary = await end(run);
      expect(summary).toMatchObject({ status: 'failed', problemCode: code });
      expect(summary.problemMessage).toMatch(message);
      const { tasks } = await command('show', run);
      const state = fault === 'throw' ? 'failed' : 'quarantined';
      // What another attempt would only say again is said by each of the two workers.
      expect(tasks).toMatchObject([{ state, attempts: fault === 'throw' ? 2 : 3 }]);
      expect(summary.tasks).toContainEqual({ state: 'done', count: 3 });
      expect(cluster.workers.map(({ pid }) => pid)).toEqual(workersBefore);
      expect((await command('retry', run, '--failed')).tasks).toBe(1);
      expect((await end(run)).status).toBe('failed');
    },
    120_000,
  );

  it('is refused when it is malformed, too large or its blobs are not there, and the coordinator lives on', async () => {
    const send = (part: object) =>
      client.submit({
        run: runIdSchema.parse('bad'),
        name: 'bad',
        idempotencyKey: '',
        priority: 0,
        numericsClass: '',
        isCacheUsed: true,
        spec: { ...SPEC, ...part } as SyntheticSpec,
      });
    await expect(send({ rows: -1 })).rejects.toMatchObject({ code: 'invalid-input', message: /rows/ });
    await expect(send({ kind: 'other' })).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(send({ scores: 0, fits: 0, sweeps: 0 })).rejects.toThrow(/has no tasks/);
    await expect(send({ junk: 'x'.repeat(4 * 1024 ** 2) })).rejects.toMatchObject({
      code: 'resource-exhausted',
    });
    await expect(client.show('nobody')).rejects.toMatchObject({ code: 'not-found' });
    await expect(client.drain('nobody')).rejects.toMatchObject({ code: 'not-found' });
    expect((await client.runs()).some(({ run }) => run === 'bad')).toBe(false);
    expect((await end(await submit())).status).toBe('done');
  }, 60_000);
});

describe('a coordinator', () => {
  it('keeps a second one from its store', async () => {
    const args = ['serve', '--listen', '127.0.0.1:0', '--nats', '127.0.0.1:1', '--store', cluster.storeDir];
    const { code, stderr } = await oodCli(args, env);
    expect(code).toBe(EXIT_CODES.unavailable);
    expect(stderr).toMatch(/another coordinator works on this store/);
  }, 30_000);

  it('remembers its runs over a restart, and goes on with those that were not done', async () => {
    const done = await submit({}, 'remembered');
    const result = (await end(done)).result;
    const open = await submit({ scores: 60, milliseconds: 60 });
    cluster.coordinator.kill('SIGKILL');
    expect((await end(open)).status).toBe('done');
    expect((await client.show(done)).summary).toMatchObject({ status: 'done', result });
    expect(await submit({}, 'remembered')).toBe(done);
  }, 60_000);

  it('says what it did and refused, and collects what nobody needs', async () => {
    const { counters } = await command('workers');
    expect(counters.tasks_done).toBeGreaterThan(0);
    const done = await submit();
    await end(done);
    const known = (await client.runs()).map(({ run }) => run);
    const preview = await command('gc', '--older-than', '0');
    expect(preview).toMatchObject({ isPreview: true, unfetched: expect.arrayContaining([done]) });
    expect(preview.removed).not.toContain(done);
    expect((await client.runs()).map(({ run }) => run)).toEqual(known);
    expect(await text('gc', '--older-than', '0')).toMatch(
      /would be forgotten[\s\S]*nobody has[\s\S]*add --yes/,
    );

    // A run whose results nobody has is kept, over a restart of the coordinator, until somebody says that he has them.
    const unfetched = await submit();
    await end(unfetched);
    await client.fetched(done);
    cluster.coordinator.kill('SIGKILL');
    await vi.waitFor(() => client.runs(), { timeout: 20_000 });
    const collected = await command('gc', '--older-than', '0', '--yes');
    expect(collected.removed).toContain(done);
    expect(collected.unfetched).toContain(unfetched);
    expect((await client.runs()).every(({ status }) => status === 'running' || status === 'done')).toBe(true);
    expect((await command('gc', '--older-than', '0', '--yes', '--unfetched')).removed).toContain(unfetched);
    expect((await client.runs()).every(({ status }) => status === 'running')).toBe(true);
  }, 30_000);

  it.each([
    [
      '127.0.0.1:1',
      'unavailable',
      /127\.0\.0\.1:1: the coordinator did not answer: nothing listens there\. Start one \(ood-cli up/,
    ],
    ['nowhere.invalid:1', 'unavailable', /no machine of that name is known/],
    ['unix:/nowhere.sock', 'unavailable', /there is no such socket/],
    ['127.0.0.1:99999', 'invalid-input', /--coordinator: "127.0.0.1:99999" is no HOST:PORT/],
  ] as const)(
    'that is not there (%s) is an error that says where, and what to do',
    async (address, kind, message) => {
      for (const command of [['runs'], ['watch', 'run-1']]) {
        const { code, stderr } = await oodCli([...command, '--coordinator', address], env);
        expect(code).toBe(EXIT_CODES[kind]);
        expect(stderr).toMatch(message);
        expect(stderr).not.toMatch(/Resolution note|Last error/);
      }
    },
    30_000,
  );
});

describe('a worker', () => {
  it('hands its tasks back when it is told to stop, at once', async () => {
    const run = await submit({ fits: 0, sweeps: 0, scores: 8, milliseconds: 1500 });
    const [worker] = cluster.workers;
    const before = worker?.pid;
    await expect
      .poll(async () => (await client.workers()).filter(({ leases }) => leases > 0).length, {
        timeout: 10_000,
      })
      .toBe(2);
    const start = performance.now();
    worker?.kill('SIGTERM');
    await expect.poll(() => worker?.pid, { timeout: 10_000 }).not.toBe(before);
    expect(performance.now() - start).toBeLessThan(5000);
    const summary = await end(run);
    expect(summary.status).toBe('done');
    // Handed back, not lost: nothing expired.
    expect((await client.logs(run)).join('\n')).not.toMatch(/was lost with/);
  }, 60_000);

  it('that is drained finishes what it has and takes no more', async () => {
    const run = await submit({ fits: 0, sweeps: 0, scores: 12, milliseconds: 300 });
    await command('drain', 'w1');
    expect((await client.workers()).find(({ workerId }) => workerId === 'w1')?.status).toBe('draining');
    expect((await end(run)).status).toBe('done');
    const after = await submit({ fits: 0, sweeps: 0, scores: 6 });
    await end(after);
    expect((await client.logs(after)).join('\n')).not.toMatch(/^\S+ w1 \d+-score: attempt/m);
  }, 60_000);
});
