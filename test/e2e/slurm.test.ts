import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runIdSchema } from '@oodgrid/contract';
import { execa } from 'execa';
import getPort from 'get-port';
import { ClusterClient, cliContext } from 'ood-cli';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { oodCli } from '../support/cli.js';
import { Process } from '../support/processes.js';
import { SlurmCluster, whyNoSlurm } from '../support/slurm.js';
import { temporaryCache } from '../support/temporary-cache.js';
import { skipWhen } from '../support/without.js';

const { cacheDir } = cliContext([]);
const reason = whyNoSlurm(cacheDir);
const cache = temporaryCache();
/** Names as people have them. */
const place = join(cache.folder, `it's a "lab" $HOME 日本`);
const clusterFile = join(place, 'cluster.json');
const logs = join(place, 'logs');
const nodeDisk = join(cache.folder, 'node');

let slurm: SlurmCluster | undefined;
let serve: Process;
let client: ClusterClient;

beforeAll(async () => {
  if (reason !== undefined) return;
  mkdirSync(place);
  mkdirSync(nodeDisk);
  slurm = await SlurmCluster.start(cacheDir, mkdtempSync(join(tmpdir(), 'slurm-')));
  const listen = `127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
  const store = join(cache.folder, 'store');
  const where = ['--listen', listen, '--nats', 'none', '--cluster-file', clusterFile, '--store', store];
  serve = new Process(['serve', '--synthetic', '--lease', '5', ...where], cache.cacheDir);
  client = new ClusterClient(listen);
  await vi.waitFor(() => expect(existsSync(clusterFile)).toBe(true), { timeout: 30_000 });
});
afterAll(async () => {
  client?.close();
  await slurm?.close();
  await serve?.kill();
  cache.remove();
});

const environment = () => ({ ...slurm?.env, OODGRID_CACHE: cache.cacheDir, TMPDIR: nodeDisk });

/** The common arguments of an array of workers that compute synthetic tasks. */
const ARGS = ['--cluster-file', clusterFile, '--logs', logs, '--mem', '300M', '--worker-arg=--engine=none'];

async function submitWorkers(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = { ...environment(), ...more };
  const { code, stdout, stderr } = await oodCli(['slurm', 'submit', ...ARGS, ...args, '--json'], env);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout).job;
}

async function submitRun(run: string, scores: number, milliseconds: number) {
  const spec = {
    kind: 'synthetic',
    seed: 1,
    fits: 1,
    sweeps: 4,
    scores,
    rows: 10,
    milliseconds,
    fault: 'none',
  } as const;
  const options = {
    name: 'synthetic',
    idempotencyKey: '',
    priority: 0,
    numericsClass: '',
    isCacheUsed: false,
  };
  await client.submit({ run: runIdSchema.parse(run), ...options, spec });
}

const nothing = () => undefined;
const { signal } = new AbortController();
const end = (run: string) => client.watch(run, signal, nothing, nothing, nothing);
const connected = async () => (await client.workers()).filter(({ status }) => status === 'connected').length;
const log = (job: string, task: number) => readFileSync(join(logs, `ood-grid-${job}_${task}.log`), 'utf8');

describe('workers as jobs of a real Slurm', () => {
  skipWhen(() => reason);

  it('compute, go for a job that goes before them, come back, and end when there is no more work', async () => {
    const cluster = slurm as SlurmCluster;
    const job = await submitWorkers(['--workers', '3', '--at-once', '2', '--idle', '5']);
    await expect.poll(connected, { timeout: 30_000 }).toBe(2);
    await submitRun('first', 200, 100);
    // A job that needs the whole node and goes first: both workers are told to stop, and hand their tasks back.
    await cluster.command(
      'sbatch',
      '--partition=high',
      '--exclusive',
      '--time=1',
      '--output=/dev/null',
      '--wrap=sleep 2',
    );
    await expect.poll(() => log(job, 0), { timeout: 30_000 }).toMatch(/Exited with exit code 75/);
    await expect.poll(connected, { timeout: 30_000 }).toBe(0);
    // Queued again by Slurm, they go on where the run stands.
    expect((await end('first')).status).toBe('done');
    const { leases_expired: expired = 0 } = await client.counters();
    expect(expired).toBe(0);
    await expect
      .poll(async () => (await cluster.states(job)).size, { timeout: 60_000, interval: 500 })
      .toBe(0);
    expect(log(job, 0)).toMatch(/there is no more work/);
    // Of weights and data nothing is left on the node.
    expect(readdirSync(nodeDisk).filter((name) => name.startsWith('ood-grid'))).toEqual([]);
  }, 180_000);

  it('a worker whose time is over is queued again, its own job alone; one that was cancelled does not come back', async () => {
    const cluster = slurm as SlurmCluster;
    // Slurm itself sends its notice up to a minute early: what ends the worker here is that it knows its end.
    const endSeconds = Math.floor(Date.now() / 1000) + 50;
    const job = await submitWorkers(['--workers', '2', '--idle', '0'], {
      SLURM_JOB_END_TIME: String(endSeconds),
    });
    await expect.poll(connected, { timeout: 30_000 }).toBe(2);
    await cluster.command('scancel', `${job}_1`);
    await expect.poll(() => log(job, 1), { timeout: 30_000 }).toMatch(/Exited with exit code 75/);
    // A second worker of the same job says that it came back; this one's time is over from its start.
    const ended = () => new Set(log(job, 0).match(/(?<=^\S+ )\S+(?=: its time is over)/gm)).size;
    await expect.poll(ended, { timeout: 120_000 }).toBeGreaterThan(1);
    await expect
      .poll(async () => (await cluster.states(job)).get('0'), { timeout: 30_000 })
      .toMatch(/PENDING|RUNNING/);
    expect((await cluster.states(job)).has('1')).toBe(false);
    // Slurm passes over what is on its way back into the queue, and this job always is or soon will be.
    const cancelled = async () => {
      await cluster.command('scancel', job);
      return (await cluster.states(job)).size;
    };
    await expect.poll(cancelled, { timeout: 60_000, interval: 500 }).toBe(0);
  }, 180_000);

  it('a worker that is told to stop while it is starting is queued again', async () => {
    const cluster = slurm as SlurmCluster;
    const slowly = 'data:text/javascript,await new Promise((resolve) => setTimeout(resolve, 5000))';
    const job = await submitWorkers(['--workers', '1', '--idle', '0'], {
      NODE_OPTIONS: `--import="${slowly}"`,
    });
    const state = async () => (await cluster.states(job)).get('0');
    await expect.poll(state, { timeout: 30_000, interval: 100 }).toBe('RUNNING');
    const told = async () => {
      await cluster.command('scancel', '--signal=TERM', `${job}_0`).catch(() => undefined);
      return existsSync(join(logs, `ood-grid-${job}_0.log`)) ? log(job, 0) : '';
    };
    await expect.poll(told, { timeout: 4000, interval: 200 }).toMatch(/Terminated|CANCELLED/);
    expect(await connected()).toBe(0);
    await expect.poll(connected, { timeout: 60_000 }).toBe(1);
    await cluster.command('scancel', job);
    await expect.poll(async () => (await cluster.states(job)).size, { timeout: 60_000 }).toBe(0);
  }, 180_000);

  it('the script has nothing that shellcheck complains of', async () => {
    const { code, stdout } = await oodCli(
      ['slurm', 'script', ...ARGS, '--name', `it's "q" $x`],
      environment(),
    );
    expect(code).toBe(0);
    const file = join(cache.folder, 'job.sh');
    writeFileSync(file, stdout);
    const program = join(cacheDir, 'servers/slurm-debian/usr/bin/shellcheck');
    const { exitCode, stdout: found } = await execa(program, [file], { env: environment(), reject: false });
    expect(found).toBe('');
    expect(exitCode).toBe(0);
  }, 60_000);
});
