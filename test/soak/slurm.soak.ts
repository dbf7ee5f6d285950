import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Results } from '@oodgrid/contract';
import { execa } from 'execa';
import { cliContext } from 'ood-cli';
import { afterAll, expect, it } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';
import { SlurmCluster, whyNoSlurm } from '../support/slurm.js';
import { writeSmallGrid } from '../support/small-grid.js';
import { SyntheticSite } from '../support/synthetic-site.js';
import { testCache } from '../support/temporary-cache.js';

// `npm run soak:slurm`: runs of a real grid on a real Slurm, disturbed all the time; a line for docs/reports/slurm.jsonl.
const ROUNDS = Number(process.env.OODGRID_SOAK_ROUNDS ?? 5);
const cache = testCache();
const site = new SyntheticSite(join(cache.folder, 'site'), cache.cacheDir);
const GRID_ARGS = ['--set', 'options.slice=512', '--no-cache', '--json'];
let slurm: SlurmCluster | undefined;
afterAll(async () => {
  await slurm?.close();
  await site.close();
});

it('every run gives the bits of the local run', async () => {
  const { cacheDir } = cliContext([]);
  expect(whyNoSlurm(cacheDir)).toBeUndefined();
  const cluster = await SlurmCluster.start(cacheDir, mkdtempSync(join(tmpdir(), 'slurm-')));
  slurm = cluster;
  const env = { ...cluster.env, OODGRID_CACHE: cache.cacheDir, TMPDIR: cache.folder };
  const grid = await writeSmallGrid(cache.folder, join(ROOT, 'models'));
  const submit = (...args: readonly string[]) => oodCli(['submit', grid, ...GRID_ARGS, ...args], env);
  const reference: Results = JSON.parse((await submit('--output', join(cache.folder, 'local'))).stdout);
  await site.serve();
  const file = site.clusterFile;
  const args = ['--cluster-file', file, '--workers', '3', '--idle', '0', '--mem', '2G', '--json'];
  const logs = ['--logs', join(cache.folder, 'logs')];
  const workers = await oodCli(['slurm', 'submit', ...args, ...logs], env);
  const { job } = JSON.parse(workers.stdout);

  const anyJob = async () => {
    const running = [...(await cluster.states(job))].filter(([, state]) => state === 'RUNNING');
    return running[Math.floor(Math.random() * running.length)]?.[0];
  };
  const ofAnyJob =
    (program: string, ...options: readonly string[]) =>
    async () => {
      const task = await anyJob();
      if (task !== undefined)
        await cluster.command(program, ...options, `${job}_${task}`).catch(() => undefined);
    };
  const high = ['--partition=high', '--exclusive', '--time=1', '--output=/dev/null', '--wrap=sleep 1'];
  const disturbances: Readonly<Record<string, () => Promise<unknown>>> = {
    'a job goes before all workers': () => cluster.command('sbatch', ...high),
    'a worker is requeued': ofAnyJob('scontrol', 'requeue'),
    'a worker is told to stop': ofAnyJob('scancel', '--signal=TERM'),
    'a worker is killed': async () => {
      const task = await anyJob();
      if (task === undefined) return;
      // A killed job is over for Slurm: without the second command, for the same job, the cluster has one worker fewer for good.
      await cluster.command('scancel', '--signal=KILL', `${job}_${task}`).catch(() => undefined);
      await cluster.command('scontrol', 'requeue', `${job}_${task}`);
    },
    'the coordinator is killed and moves': async () => {
      await site.coordinator?.kill();
      await site.serve();
    },
  };
  const names = Object.keys(disturbances);
  const counts: Record<string, number> = {};
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    let isOver = false;
    const output = join(cache.folder, `out-${round}`);
    const running = submitted(() =>
      submit('--coordinator', `@${file}`, '--key', `run-${round}`, '--output', output),
    );
    void running.finally(() => {
      isOver = true;
    });
    await sleep(3000);
    for (let i = round; !isOver; i++) {
      const name = names[i % names.length] ?? '';
      counts[name] = (counts[name] ?? 0) + 1;
      await disturbances[name]?.();
      // A job that is queued again waits some seconds, and its worker takes as long to start: it has to come to its tasks between.
      await sleep(20_000 + 10_000 * Math.random());
    }
    expect((await running).digest, `round ${round}`).toBe(reference.digest);
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  const { stdout: commit } = await execa('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT });
  const version = (await cluster.command('sinfo', '--version')).trim();
  const line = { commit, version, rounds: ROUNDS, failures: 0, seconds, disturbances: counts };
  appendFileSync(join(ROOT, 'docs/reports/slurm.jsonl'), `${JSON.stringify(line)}\n`);
});

/** Submits until the coordinator is there to answer. */
async function submitted(submit: () => ReturnType<typeof oodCli>): Promise<Results> {
  for (;;) {
    const { code, stdout, stderr } = await submit();
    if (code === 0) return JSON.parse(stdout);
    if (!/did not answer|cannot be read/.test(stderr)) throw new Error(stderr);
    await sleep(500);
  }
}
