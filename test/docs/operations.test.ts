import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { ClusterClient, cliContext, findNatsServer } from 'ood-cli';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { ROOT } from '../support/cli.js';
import { chaptersWithCommands, commandsOf, Programs, Typist } from '../support/operations-page.js';
import { SlurmCluster, whyNoSlurm } from '../support/slurm.js';
import { testCache } from '../support/temporary-cache.js';
import { skipWhen } from '../support/without.js';

const cache = testCache();
const programs = new Programs(join(cache.folder, 'bin'));
// Another machine, as far as a command can tell: options, a host, and what to run there.
programs.add(
  'ssh',
  'while [[ $1 == -* ]]; do [[ $1 == -[oR] ]] && shift; shift; done; shift; exec bash -c "$*"',
);

/** A grid of seconds instead of minutes. */
const GRID = ['examples/quickstart.yaml', writeBlackGrid(cache.folder).file] as const;

const typist = new Typist();
afterEach(() => typist.close());
const typed = (commands: string, env: Readonly<Record<string, string>>) =>
  typist.type(commands, { programs, cwd: ROOT, env: { OODGRID_CACHE: cache.cacheDir, ...env } });

/** Lines that begin a command wait for the coordinator where a user would look first. */
const waiting = (commands: string, until: string) => commands.replace(/^(?=ood-cli )/m, `${until}\n`);
const answers = (where: string) =>
  `until ood-cli runs --coordinator ${where} >/dev/null 2>&1; do sleep 0.2; done`;

/** Chapters whose commands are typed by the tests beside this one, in this file or in `operations-walk.test.ts`. */
const TYPED = [
  '',
  'Install',
  'Who gets in',
  'Back up',
  'Restore',
  'Rotate certificates',
  'Upgrade',
  'Lose a node',
  'See what happens',
  'Only SSH',
  'Slurm',
];
/** Chapters whose commands need what no test machine has, and what shows them instead. */
const SHOWN_OTHERWISE: Readonly<Record<string, string>> = {
  'On Kubernetes': 'a registry and a cluster: the images by test/image, the overlays by soak:k8s',
};

describe('docs/operations.md', () => {
  it('has no commands that nobody types', () => {
    const left = chaptersWithCommands().filter((title) => !(title in SHOWN_OTHERWISE));
    expect(left).toEqual(TYPED);
  });

  it('a cluster to try out: set-up, up, a run', async () => {
    const port = String(await getPort({ host: '127.0.0.1' }));
    const home = mkdtempSync(join(cache.folder, 'home-'));
    const up = `npx ood-cli up --workers 1 --port ${port} --store ${home}/up > ${home}/up.log 2>&1 &`;
    const commands = commandsOf('', [
      ['npx ood-cli up --workers 2', `${up} ${answers(`127.0.0.1:${port}`)}`],
      ['127.0.0.1:7433', `127.0.0.1:${port}`],
      GRID,
    ]);
    expect(await typed(commands, {})).toMatch(/results: /);
  }, 240_000);

  it('Who gets in: tokens', async () => {
    const home = mkdtempSync(join(cache.folder, 'home-'));
    const port = String(await getPort({ host: '127.0.0.1' }));
    const where = ['--listen', `127.0.0.1:${port}`, '--store', join(home, 'store')].join(' ');
    const chosen = `$(ood-cli token list --json | node -p 'JSON.parse(require("fs").readFileSync(0)).tokens.find(({ name }) => name === "alice").id')`;
    const commands = commandsOf(
      'Who gets in',
      [
        ['/var/lib/ood-grid', join(home, 'store')],
        ['revoke 1a2b3c4d', `revoke "${chosen}"`],
      ],
      0,
    );
    const serve = `ood-cli serve --nats none ${where} > serve.log 2>&1 &\n${answers(`127.0.0.1:${port}`)}\n`;
    const said = await typed(
      `cd ${home}\n${serve}${commands}\nood-cli runs --token-file alice.token || echo "refused with $?"`,
      { OODGRID_COORDINATOR: `127.0.0.1:${port}` },
    );
    expect(said).toMatch(/rack 3/);
    expect(said).toMatch(/was revoked[\s\S]*refused with 10/);
  }, 120_000);

  it('Who gets in: a NATS server with keys and certificates', async () => {
    const home = mkdtempSync(join(cache.folder, 'home-'));
    const [port, natsPort] = [await getPort({ host: '127.0.0.1' }), await getPort({ host: '127.0.0.1' })];
    programs.add('nats-server', `exec ${findNatsServer(cache.cacheDir)} "$@"`);
    const store = ['/var/lib/ood-grid', join(home, 'store')] as const;
    const made = commandsOf(
      'Install',
      [store, ['DNS:$1', 'DNS:localhost'], ['coordinator worker client', 'coordinator worker client nats']],
      0,
    );
    const commands = commandsOf(
      'Who gets in',
      [
        store,
        [
          'nats-server -c nats/nats-server.conf',
          `nats-server -c nats/nats-server.conf -a 127.0.0.1 -p ${natsPort}`,
        ],
        ['tls://nats:4222', `tls://localhost:${natsPort}`],
        ['0.0.0.0:7433', `127.0.0.1:${port}`],
        ['coordinator:7433', `localhost:${port}`],
      ],
      1,
    );
    const asked = commandsOf('Install', [['coordinator:7433', `localhost:${port}`], GRID], 3);
    const wait = `until ood-cli workers 2>/dev/null | grep -q connected; do sleep 0.2; done`;
    const said = await typed(
      `cd ${home}\n${made}${commands}${asked.replace(/^ood-cli workers$/m, wait)}`,
      {},
    );
    expect(said).toMatch(/results: /);
    const before = readFileSync(join(home, 'nats.pem'), 'utf8');
    await typed(`cd ${home}\n${commandsOf('Rotate certificates', [['DNS:$1', 'DNS:localhost']])}`, {});
    expect(readFileSync(join(home, 'nats.pem'), 'utf8')).not.toBe(before);
    const natsLog = () => readFileSync(join(home, 'nats.log'), 'utf8');
    await expect.poll(natsLog, { timeout: 10_000 }).toMatch(/Reloaded: tls/);
    expect(readFileSync(join(home, 'coordinator.log'), 'utf8')).not.toMatch(/NATS is gone/);
  }, 240_000);

  it('See what happens: metrics and probes', async () => {
    const home = mkdtempSync(join(cache.folder, 'home-'));
    const [port, ofServe, ofWorker] = [await getPort(), await getPort(), await getPort()];
    const config = 'deploy/prometheus/prometheus.yml';
    // What it would do with this file is seen in test/metrics.
    programs.add('prometheus', `test "$*" = --config.file=${config} && test -e ${config}`);
    const until = `until curl -s 127.0.0.1:${ofServe}/healthz > /dev/null; do sleep 0.2; done`;
    const commands = commandsOf('See what happens', [
      [
        'serve --metrics 127.0.0.1:9464 ...',
        `serve --metrics 127.0.0.1:${ofServe} --nats none --listen 127.0.0.1:${port} --store ${home}/store > ${home}/serve.log 2>&1 & ${until}`,
      ],
      [
        'worker --metrics 127.0.0.1:9465 ...',
        `worker --metrics 127.0.0.1:${ofWorker} --engine none --coordinator 127.0.0.1:${port} > ${home}/worker.log 2>&1 &`,
      ],
      ['127.0.0.1:9464/readyz', `127.0.0.1:${ofServe}/readyz`],
    ]);
    expect(await typed(commands, {})).toMatch(/\bready$/);
    const probe = async () =>
      (await fetch(`http://127.0.0.1:${ofWorker}/readyz`).catch(() => undefined))?.status;
    await expect.poll(probe, { timeout: 30_000, interval: 100 }).toBe(200);
  }, 120_000);

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
