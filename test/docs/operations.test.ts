import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { ClusterClient, cliContext } from 'ood-cli';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { CLI_BIN, ROOT } from '../support/cli.js';
import { SlurmCluster, whyNoSlurm } from '../support/slurm.js';
import { testCache } from '../support/temporary-cache.js';
import { skipWhen } from '../support/without.js';

const cache = testCache();
const bin = join(cache.folder, 'bin');
mkdirSync(bin);
const program = (name: string, body: string) => {
  writeFileSync(join(bin, name), `#!/bin/bash\n${body}\n`);
  chmodSync(join(bin, name), 0o755);
};
program('ood-cli', `exec ${process.execPath} ${CLI_BIN} "$@"`);
// Another machine, as far as a command can tell: options, a host, and what to run there.
program('ssh', 'while [[ $1 == -* ]]; do [[ $1 == -[oR] ]] && shift; shift; done; shift; exec bash -c "$*"');

/** A grid of seconds instead of minutes. */
const GRID = ['examples/quickstart.yaml', writeBlackGrid(cache.folder).file] as const;

/** Processes that a chapter left running. */
const left: number[] = [];
afterEach(() => {
  for (const pid of left.splice(0)) {
    try {
      // Of the whole session of the chapter's shell.
      process.kill(-pid, 'SIGTERM');
    } catch {
      // All of it has ended.
    }
  }
});

/** The commands of a chapter, with what differs here put in. */
function commandsOf(chapter: string, instead: readonly (readonly [string, string])[]): string {
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const text = page.split(`\n## ${chapter}\n`)[1]?.split('\n## ')[0] ?? '';
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  if (blocks.length === 0) throw new Error(`docs/operations.md has no commands in "${chapter}"`);
  return instead.reduce((commands, [from, to]) => {
    if (!commands.includes(from)) throw new Error(`"${chapter}" has no ${from}`);
    return commands.replaceAll(from, to);
  }, blocks.join(''));
}

/** Runs commands as a user does in one shell, and waits for the last of them. */
async function typed(commands: string, env: Readonly<Record<string, string>>): Promise<string> {
  const child = execa('bash', ['-c', `set -e\n${commands}`], {
    cwd: ROOT,
    env: {
      OODGRID_CACHE: cache.cacheDir,
      NO_COLOR: '1',
      ...env,
      PATH: `${bin}:${env.PATH ?? process.env.PATH}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    all: true,
    detached: true,
  });
  left.push(child.pid ?? 0);
  return (await child).all ?? '';
}

/** Lines that begin a command wait for the coordinator where a user would look first. */
const waiting = (commands: string, until: string) => commands.replace(/^(?=ood-cli )/m, `${until}\n`);
const answers = (where: string) =>
  `until ood-cli runs --coordinator ${where} >/dev/null 2>&1; do sleep 0.2; done`;

describe('docs/operations.md', () => {
  it('Only SSH: a coordinator, workers through tunnels, a run', async () => {
    const home = mkdtempSync(join(cache.folder, 'home-'));
    const port = String(await getPort({ host: '127.0.0.1' }));
    const commands = commandsOf('Only SSH', [
      ['7433', port],
      GRID,
      ['/var/tmp/ood-grid', join(home, 'store')],
      ['ood-grid-serve.log', join(home, 'serve.log')],
      ['ood-grid-$host.log', `${home}/$host.log`],
    ]);
    const said = await typed(waiting(commands, answers(`127.0.0.1:${port}`)), { HOME: home });
    expect(said).toMatch(/results: /);
    const client = new ClusterClient(`127.0.0.1:${port}`);
    const status = (await client.workers()).map((worker) => worker.status);
    client.close();
    expect(status).toEqual(['connected', 'connected']);
  }, 240_000);
});

describe('docs/operations.md, with a real Slurm', () => {
  const real = cliContext([]).cacheDir;
  skipWhen(() => whyNoSlurm(real));
  let slurm: SlurmCluster | undefined;
  afterAll(() => slurm?.close());

  it('Slurm: a coordinator, an array of workers, a run', async () => {
    slurm = await SlurmCluster.start(real, mkdtempSync(join(tmpdir(), 'slurm-')));
    const home = mkdtempSync(join(cache.folder, 'home-'));
    const port = String(await getPort({ host: '127.0.0.1' }));
    const commands = commandsOf('Slurm', [
      ['0.0.0.0:7433', `127.0.0.1:${port}`],
      GRID,
      ['/var/tmp/ood-grid', join(home, 'store')],
      ['ood-grid-serve.log', join(home, 'serve.log')],
      // This machine has two cores.
      ['--workers 16', `--workers 2 --logs ${join(home, 'logs')}`],
      ['--cpus 2', '--cpus 1'],
      ['--idle 600', '--idle 5'],
    ]);
    const file = `@${join(home, '.ood-grid/cluster.json')}`;
    const said = await typed(waiting(commands, answers(file)), { ...slurm.env, HOME: home, TMPDIR: home });
    expect(said).toMatch(/submitted: job \d+/);
    expect(said).toMatch(/results: /);
    const states = async () => (await slurm?.command('squeue', '--noheader')) ?? '';
    await expect.poll(states, { timeout: 60_000, interval: 500 }).toBe('');
  }, 240_000);
});
