import { X509Certificate } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { CertificateFiles, clientTls, endpoint, TokenFile } from '@oodgrid/transport';
import getPort from 'get-port';
import { ClusterClient } from 'ood-cli';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { commandsOf, type Instead, Programs, Typist } from '../support/operations-page.js';
import { endOf, submitSynthetic } from '../support/synthetic.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const programs = new Programs(join(cache.folder, 'bin'));
// Another version of the project comes from somewhere, and is installed: here it is this one again.
programs.add('git', '[ "$*" = pull ] && echo "a newer version"');
programs.add('npm', '[ "$*" = "run setup" ] && echo "is set up"');
const typist = new Typist();
/** Machines of a lab: each is a folder of this one. */
const machine = (name: string) => join(cache.folder, name);
const [MAIN, ...NODES] = ['main', 'node-1', 'node-2'] as const;
const inMain = (name: string) => join(machine(MAIN), name);
const store = machine('store');
const backup = machine('backup');
const grid = writeBlackGrid(cache.folder).file;
/** Long enough that whatever is done to the cluster falls into it. */
const LONG = { scores: 120, milliseconds: 100 };
const SYNTHETIC = { scores: 120, milliseconds: 1 };

let port: string;
let client: ClusterClient;
let reference: string;
let digest: string;
let gridWithClass: string;

const placesHere = (): Instead => [['/var/lib/ood-grid', store]];
const serveHere = (): Instead => [
  ['/var/lib/ood-grid', store],
  ['0.0.0.0:7433', `127.0.0.1:${port}`],
  ['ood-cli serve', 'ood-cli serve --synthetic --lease 3'],
];
const workerHere = (more = '--engine none'): Instead => [
  ['coordinator:7433', `localhost:${port}`],
  ['--executors 4', `--executors 1 ${more}`],
];
/** `localhost` is the name of every machine. */
const certificatesHere = (): Instead => [['DNS:$1', 'DNS:localhost']];
const backupHere = (): Instead => [['/mnt/backup/ood-grid', backup]];

const typed = (commands: string, where: string = MAIN) =>
  typist.type(commands, { programs, cwd: machine(where), env: { OODGRID_CACHE: cache.cacheDir } });
/** Commands for whoever submits, who has told the shell where the coordinator is. */
const asked = (commands: string) =>
  typed(`${commandsOf('Install', submitHere(), 3).split('ood-cli workers')[0]}${commands}`);
const submitHere = (): Instead => [['coordinator:7433', `localhost:${port}`]];

const until = (what: () => Promise<unknown>) =>
  expect.poll(() => what().catch(() => undefined), { timeout: 40_000, interval: 100 });
const connected = async () => (await client.workers()).filter(({ status }) => status === 'connected').length;
const logOf = (where: string, name: string) => readFileSync(join(machine(where), name), 'utf8');
const pidOf = (where: string, name: string) => Number(logOf(where, `${name}.pid`));
const digestIn = (said: string) => /digest ([0-9a-f]{64})/.exec(said)?.[1];
const underWay = async (run: string) => {
  const done = async () =>
    (await client.show(run)).summary?.tasks.find(({ state }) => state === 'done')?.count ?? 0;
  await until(done).toBeGreaterThan(5);
};
const isRunning = async (run: string) => (await client.show(run)).summary?.status === 'running';

beforeAll(async () => {
  for (const name of [MAIN, ...NODES]) mkdirSync(machine(name));
  port = String(await getPort({ host: '127.0.0.1' }));
});
afterAll(() => {
  client?.close();
  typist.close('SIGKILL');
});

describe('docs/operations.md, one chapter after the other on one cluster', () => {
  it('Install: certificates, tokens, a coordinator, workers, a run', async () => {
    await typed(commandsOf('Install', [...placesHere(), ...certificatesHere()], 0));
    // A certificate that could sign others would be an authority in every machine's hands.
    for (const name of ['coordinator', 'worker', 'client'])
      expect(new X509Certificate(readFileSync(inMain(`${name}.pem`))).ca).toBe(false);
    await typed(commandsOf('Install', serveHere(), 1));
    for (const node of NODES) {
      for (const file of ['ca.pem', 'worker.pem', 'worker.key', 'worker.token'])
        cpSync(inMain(file), join(machine(node), file));
      await typed(commandsOf('Install', workerHere(), 2), node);
    }
    // Those compute what tests submit; a real grid has a worker beside the coordinator.
    await typed(commandsOf('Install', workerHere(''), 2));
    const token = new TokenFile(inMain('admin.token'), () => undefined);
    client = new ClusterClient(endpoint(`localhost:${port}`, { tls: tls(), token, isPlainAllowed: false }));
    await until(connected).toBe(3);
    const real = (await client.workers()).find(({ numericsClass }) => numericsClass !== 'none');
    gridWithClass = `${grid} --class ${real?.numericsClass}`;
    const here: Instead = [...submitHere(), ['examples/quickstart.yaml', gridWithClass]];
    const said = await typed(commandsOf('Install', here, 3));
    expect(said).toMatch(/results: /);
    digest = digestIn(said) ?? 'none';
    reference = (await endOf(client, await submitSynthetic(client, SYNTHETIC))).result;
    expect(reference).toMatch(/^[0-9a-f]{64}$/);
  }, 120_000);

  it('Back up: while runs go on', async () => {
    const run = await submitSynthetic(client, LONG);
    await underWay(run);
    const said = await typed(commandsOf('Back up', [...placesHere(), ...backupHere()]));
    expect(said).toMatch(/backup/);
    expect(await isRunning(run)).toBe(true);
    // The one that the restoration below goes back to.
    cpSync(backup, machine('older'), { recursive: true });
    expect((await endOf(client, run)).result).toBe(reference);
  }, 60_000);

  it('Rotate certificates: under a run, which loses nothing', async () => {
    const before = await shownBy(port);
    const run = await submitSynthetic(client, LONG);
    await underWay(run);
    await typed(commandsOf('Rotate certificates', certificatesHere(), 0));
    await until(async () => logOf(MAIN, 'coordinator.log')).toMatch(/read again/);
    const after = await shownBy(port);
    expect(after).not.toBe(before);
    expect(after).toBe(new X509Certificate(readFileSync(inMain('coordinator.pem'))).serialNumber);
    expect(await isRunning(run)).toBe(true);
    expect((await endOf(client, run)).result).toBe(reference);
    // A worker that comes anew meets the new certificate.
    await typed(`kill -9 "$(cat worker.pid)"\n${commandsOf('Install', workerHere(), 2)}`, NODES[0]);
    await until(connected).toBe(3);
  }, 120_000);

  it("Lose a node: a worker's, and one that is taken away by its operator", async () => {
    const run = await submitSynthetic(client, LONG);
    await underWay(run);
    // Its power is cut: nobody closes its connections.
    process.kill(pidOf(NODES[1], 'worker'), 'SIGSTOP');
    await until(connected).toBe(2);
    expect((await endOf(client, run)).result).toBe(reference);
    process.kill(pidOf(NODES[1], 'worker'), 'SIGKILL');
    await typed(commandsOf('Install', workerHere(), 2), NODES[1]);
    await until(connected).toBe(3);
    const leaving = (await client.workers()).find(({ pid }) => pid === pidOf(NODES[0], 'worker'));
    const said = await asked(commandsOf('Lose a node', [['drain WORKER', `drain ${leaving?.workerId}`]]));
    expect(said).toContain(`${leaving?.workerId} takes no more tasks`);
    await until(connected).toBe(2);
    // Its operator takes it away and brings it back.
    await typed(`kill "$(cat worker.pid)"\n${commandsOf('Install', workerHere(), 2)}`, NODES[0]);
    await until(connected).toBe(3);
  }, 120_000);

  it('Upgrade: coordinator and workers one after the other, under a run', async () => {
    const run = await submitSynthetic(client, { ...LONG, milliseconds: 200 });
    await underWay(run);
    const before = [pidOf(MAIN, 'coordinator'), ...NODES.map((node) => pidOf(node, 'worker'))];
    await typed(commandsOf('Upgrade', [...serveHere(), ...backupHere()], 0));
    for (const node of NODES) {
      await typed(commandsOf('Upgrade', workerHere(), 1), node);
      await until(connected).toBeGreaterThan(0);
    }
    const after = [pidOf(MAIN, 'coordinator'), ...NODES.map((node) => pidOf(node, 'worker'))];
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
    const end = await endOf(client, run);
    expect(end).toMatchObject({ status: 'done', result: reference });
    await until(connected).toBe(3);
  }, 120_000);

  it('Restore: the store is lost, and an older back-up takes its place', async () => {
    const { run: later } = await submitted({ ...SYNTHETIC, seed: 2 });
    const known = (await client.runs()).map(({ run }) => run);
    expect(known).toContain(later);
    process.kill(pidOf(MAIN, 'coordinator'), 'SIGKILL');
    rmSync(store, { recursive: true });
    const here: Instead = [...serveHere(), ['/mnt/backup/ood-grid', machine('older')]];
    await typed(commandsOf('Restore', here));
    await until(connected).toBe(3);
    const restored = (await client.runs()).map(({ run }) => run);
    expect(restored).not.toContain(later);
    expect(restored.length).toBeGreaterThanOrEqual(3);
    expect(known).toEqual(expect.arrayContaining(restored));
    // The run that the back-up found half-way goes on to the same end, and the later one is submitted again.
    for (const run of restored)
      expect(await endOf(client, run)).toMatchObject({
        status: 'done',
        result: expect.stringMatching(/^\w{64}$/),
      });
    const again = await asked(`ood-cli submit ${gridWithClass}`);
    expect(digestIn(again)).toBe(digest);
    const { end } = await submitted({ ...SYNTHETIC, seed: 2 });
    expect(end.status).toBe('done');
    // Tokens came back with the store: without one nobody gets in.
    expect(existsSync(join(store, 'tokens.jsonl'))).toBe(true);
    const open = new ClusterClient(
      endpoint(`localhost:${port}`, { tls: tls(), token: null, isPlainAllowed: false }),
    );
    await expect(open.runs()).rejects.toMatchObject({ code: 'unauthenticated' });
    open.close();
  }, 120_000);
});

/** As `client.pem` shows itself. */
function tls() {
  const files = { cert: inMain('client.pem'), key: inMain('client.key'), ca: inMain('ca.pem') };
  return clientTls(new CertificateFiles(files, () => undefined), true);
}

async function submitted(spec: Parameters<typeof submitSynthetic>[1]) {
  const run = await submitSynthetic(client, spec);
  return { run, end: await endOf(client, run) };
}

/** Serial number of the certificate that the coordinator shows to a connection that is made now. */
const shownBy = (where: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port: Number(where),
      ALPNProtocols: ['h2'],
      servername: 'localhost',
      ca: readFileSync(inMain('ca.pem')),
      cert: readFileSync(inMain('client.pem')),
      key: readFileSync(inMain('client.key')),
    });
    socket.once('secureConnect', () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber ?? '');
      socket.destroy();
    });
    socket.once('error', reject);
  });
