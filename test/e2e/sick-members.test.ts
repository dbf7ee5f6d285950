import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES, type Results } from '@oodgrid/contract';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { commandOf, descendantsOf } from '../support/process-tree.js';
import { Process } from '../support/processes.js';
import { writeSmallGrid } from '../support/small-grid.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
const env = { OODGRID_CACHE: cache.cacheDir };
/** Methods with and without a fit, and one setting that tells two grids apart. */
const methods = (magnitude: number) => [
  '--set',
  `methods=[baseline, {name: mahalanobis, magnitudes: [${magnitude}]}]`,
  '--set',
  'options.slice=512',
];
let file: string;
let cluster: TestCluster;
let runs = 0;
/** Digest of the grid of all tests but the last, computed on this machine alone. */
let alone = '';

/** Submits the grid, to the cluster or on this machine alone. */
async function submit(
  magnitude: number,
  ...more: string[]
): Promise<{ readonly digest: string; readonly run: string }> {
  const output = join(cache.folder, `out-${++runs}`);
  const args = ['submit', file, ...methods(magnitude), '--json', '--output', output, ...more];
  const { code, stdout, stderr } = await oodCli(args, env);
  if (code !== 0) throw new Error(stderr);
  const { digest, run }: Results = JSON.parse(stdout);
  return { digest, run: run.id };
}

const onCluster = () => ['--coordinator', cluster.coordinatorAddress];

async function command(...args: string[]) {
  const { code, stdout, stderr } = await oodCli([...args, ...onCluster(), '--json'], env);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const logOf = async (run: string): Promise<string> => JSON.stringify(await command('logs', run));
const stateOf = async (id: string): Promise<string | undefined> => {
  const { workers } = await command('workers');
  return workers.find(({ workerId }: { workerId: string }) => workerId === id)?.status;
};

const isExecutor = (argument: string) => argument.endsWith(join('executor', 'main.js'));

const blobsUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^..\/[0-9a-f]{64}$/.test(name))
    .map((name) => join(folder, name));

/** Flips a bit in the middle of a file. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

beforeAll(async () => {
  file = await writeSmallGrid(cache.folder, join(ROOT, 'models'));
  const folder = join(cache.folder, 'cluster');
  mkdirSync(folder);
  cluster = await TestCluster.start({ folder, cacheDir: cache.cacheDir, workers: 3, leaseSeconds: 10 });
  for (const id of ['w0', 'w1', 'w2']) {
    await vi.waitFor(async () => expect(await stateOf(id)).toBe('connected'), {
      timeout: 60_000,
      interval: 300,
    });
  }
}, 120_000);

afterAll(async () => {
  await cluster.close();
  cache.remove();
});

it('one of three workers has a full disk: the run is that of this machine alone, and the log says what was done', async () => {
  alone = (await submit(0.01)).digest;
  const limit = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(cluster.workers[1]?.pid), `--fsize=${bytes}`]);
  limit('4096:unlimited');
  const { digest, run } = await submit(0.01, '--no-cache', ...onCluster());
  expect(digest).toBe(alone);
  const log = await logOf(run);
  expect(log).toMatch(/w1 hands .* back: cannot write blob .*free some space/);
  expect(log).toMatch(/w1 is set aside .*: cannot write blob/);
  expect(log).not.toMatch(/ failed: /);
  expect(await stateOf('w1')).toBe('set aside');
  expect(cluster.coordinator.text).toMatch(/worker w1 is set aside: cannot write blob/);
  expect(cluster.workers[1]?.text).toMatch(/takes no tasks until it is well: .*cannot/);

  limit('unlimited:unlimited');
  await expect.poll(() => stateOf('w1'), { timeout: 60_000 }).toBe('connected');
  expect(cluster.workers[1]?.text).toMatch(/well again/);
  // No run is there that could tell.
  expect(cluster.coordinator.text).toContain('worker w1 is given tasks again');
}, 240_000);

it('then a twin: a second process of its name is turned away while the run goes on, and both logs say so', async () => {
  const whole = submit(0.01, '--no-cache', ...onCluster());
  const where = ['--coordinator', cluster.coordinatorAddress, '--nats', cluster.natsAddress];
  const twin = new Process(['worker', ...where, '--id', 'w1', '--wait', '0'], cache.cacheDir);
  const { digest, run } = await whole;
  expect(digest).toBe(alone);
  expect(await twin.closed).toBe(EXIT_CODES.conflict);
  const isThere = new RegExp(`"w1" is connected already, .* process id ${cluster.workers[1]?.pid}`);
  expect(twin.stderr).toMatch(isThere);
  expect(cluster.coordinator.text).toMatch(/worker w1 on \S+ is refused: a worker "w1" is connected already/);
  const log = await logOf(run);
  // It is trusted again as well.
  expect(log).toMatch(/w1 \S+: attempt 1 started/);
  expect(log).not.toMatch(/ failed: | set aside | was lost /);
}, 240_000);

it('then a damaged cache, under running workers: they fetch the blobs again, and nothing fails', async () => {
  for (const id of ['w0', 'w1', 'w2']) {
    const blobs = blobsUnder(join(cache.cacheDir, 'worker-blobs', id));
    expect(blobs.length).toBeGreaterThan(0);
    for (const path of blobs) damage(path);
  }
  // What executors have open they do not read again: those that come in their place have nothing open.
  for (const { pid } of cluster.workers) {
    const executors = descendantsOf(pid).filter((child) => commandOf(child).some(isExecutor));
    expect(executors.length).toBeGreaterThan(0);
    for (const executor of executors) process.kill(executor, 'SIGKILL');
  }
  const { digest, run } = await submit(0.01, '--no-cache', ...onCluster());
  expect(digest).toBe(alone);
  expect(await logOf(run)).not.toMatch(/ failed: | set aside /);
  for (const { text } of cluster.workers) expect(text).toMatch(/was fetched again .*its task begins anew/);
}, 240_000);

it("blobs of the coordinator's store are damaged between two submissions: the second heals them, and fits are done again", async () => {
  const local = await submit(0.005);
  const inStore = join(cluster.storeDir, 'blobs');
  for (const path of blobsUnder(inStore)) damage(path);
  // Nobody else has what is damaged.
  for (const id of ['w0', 'w1', 'w2']) {
    for (const path of blobsUnder(join(cache.cacheDir, 'worker-blobs', id))) rmSync(path);
  }
  const { digest, run } = await submit(0.005, ...onCluster());
  expect(digest).toBe(local.digest);
  expect(await logOf(run)).toMatch(/the state that .* gave is gone: it is done again/);
  expect(cluster.coordinator.text).toMatch(/the state that .* gave is gone: it is done again/);
  const left = readdirSync(inStore, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(inStore, name)).isFile(),
  );
  expect(left.filter((name) => name.endsWith('.damaged')).length).toBeLessThan(left.length);
}, 240_000);
