import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { TokenStore, tokensPath } from '@oodgrid/coordinator';
import { CertificateFiles, clientTls, endpoint, TokenFile } from '@oodgrid/transport';
import { ClusterClient } from 'ood-cli';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Authority } from '../support/authority.js';
import { oodCli } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { endOf, submitSynthetic } from '../support/synthetic.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const folder = join(cache.folder, 'cluster');
const former = new Authority(join(folder, 'former'), 'former');
const next = new Authority(join(folder, 'next'), 'next');
const silent = () => undefined;
const inFolder = (name: string) => join(folder, name);
const SIDES = ['coordinator', 'worker', 'client', 'nats'] as const;
const filesOf = (side: string) => ({
  cert: inFolder(`${side}.pem`),
  key: inFolder(`${side}.key`),
  ca: inFolder(`${side}-ca.pem`),
});
const flagsOf = (side: string) => {
  const { cert, key, ca } = filesOf(side);
  return ['--tls-cert', cert, '--tls-key', key, '--tls-ca', ca];
};

function show(side: string, authority: Authority): void {
  const { cert, key } = authority.issue(side);
  copyFileSync(cert, filesOf(side).cert);
  copyFileSync(key, filesOf(side).key);
}
const trust = (side: string, ...authorities: readonly Authority[]) =>
  writeFileSync(filesOf(side).ca, authorities.map(({ ca }) => readFileSync(ca, 'utf8')).join(''));
const keepToken = (name: string, text: string) => writeFileSync(inFolder(name), text, { mode: 0o600 });

let tokens: TokenStore;
let cluster: TestCluster;
let client: ClusterClient;
let workerToken: string;

beforeAll(async () => {
  mkdirSync(inFolder('store'), { recursive: true });
  for (const side of SIDES) {
    show(side, former);
    trust(side, former);
  }
  tokens = new TokenStore(tokensPath(inFolder('store')), () => new Date(), silent);
  const create = (role: 'worker' | 'submitter') => tokens.create({ role, name: '', days: 1, by: null });
  const worker = create('worker');
  workerToken = worker.token.id;
  keepToken('worker.token', worker.text);
  keepToken('client.token', create('submitter').text);
  const natsConfig = join(inFolder('nats-config'), 'nats-server.conf');
  const config = ['nats', 'config', '--output', inFolder('nats-config'), '--jetstream', inFolder('js')];
  const made = await oodCli([...config, ...flagsOf('nats')], { OODGRID_CACHE: cache.cacheDir });
  expect(made.code, made.stderr).toBe(0);
  const keyOf = (user: string) => ['--nats-nkey', join(inFolder('nats-config'), `${user}.nkey`)];
  cluster = await TestCluster.start({
    natsConfig,
    folder,
    cacheDir: cache.cacheDir,
    workers: 2,
    leaseSeconds: 5,
    serveArgs: [...flagsOf('coordinator'), ...keyOf('coordinator')],
    workerArgs: [
      ...['--engine', 'none', '--token-file', inFolder('worker.token')],
      ...flagsOf('worker'),
      ...keyOf('worker'),
    ],
  });
  client = new ClusterClient(
    endpoint(cluster.coordinatorAddress, {
      tls: clientTls(new CertificateFiles(filesOf('client'), silent), true),
      token: new TokenFile(inFolder('client.token'), silent),
      isPlainAllowed: false,
    }),
  );
  await vi.waitFor(async () => expect(await connected()).toBe(2), { timeout: 40_000, interval: 200 });
}, 60_000);
afterAll(async () => {
  client?.close();
  await cluster?.close();
});

const connected = async () => (await client.workers()).filter(({ status }) => status === 'connected').length;
const readAgain = async (times: number) => {
  cluster.nats?.kill('SIGHUP');
  await vi.waitFor(() => expect(cluster.coordinator.text.split('read again').length - 1).toBe(times), {
    timeout: 10_000,
    interval: 50,
  });
};
const told = (text: RegExp) =>
  vi.waitFor(() => expect(cluster.coordinator.text).toMatch(text), { timeout: 20_000, interval: 50 });

/** Serial number of the certificate that NATS shows to a connection that is made now. */
const shownByNats = () =>
  new Promise<string>((resolve, reject) => {
    const port = Number(cluster.natsAddress.split(':').at(-1));
    const socket = createConnection(port, '127.0.0.1');
    socket.once('data', () => {
      const secured = connect({ socket, servername: 'localhost', ca: readFileSync(filesOf('worker').ca) });
      secured.once('secureConnect', () => {
        resolve(secured.getPeerX509Certificate()?.serialNumber ?? '');
        socket.destroy();
      });
      secured.on('error', reject);
    });
  });
const serialOf = (side: string) => new X509Certificate(readFileSync(filesOf(side).cert)).serialNumber;

const kill = async (index: number) => {
  const starts = cluster.workers[index]?.starts ?? 0;
  cluster.workers[index]?.kill('SIGKILL');
  await vi.waitFor(() => expect(cluster.workers[index]?.starts).toBe(starts + 1), { timeout: 10_000 });
  await vi.waitFor(async () => expect(await connected()).toBe(2), { timeout: 30_000, interval: 200 });
};

describe('a run while certificates, their authority and a token are replaced', () => {
  it('loses nothing and gives the same digest', async () => {
    const undisturbed = await endOf(client, await submitSynthetic(client, { scores: 300, milliseconds: 1 }));
    const run = await submitSynthetic(client, { scores: 300, milliseconds: 100 });
    // Everybody trusts both authorities, then shows certificates of the new one, then trusts that one alone.
    for (const side of SIDES) trust(side, former, next);
    await readAgain(1);
    // A write that is torn: the coordinator's key is still the former one's, while every link to NATS is made anew.
    const { cert } = next.issue('coordinator');
    copyFileSync(cert, filesOf('coordinator').cert);
    await told(/does not hold the private key of the certificate.*going on with the former certificates/);
    cluster.nats?.kill('SIGKILL');
    await told(/NATS is gone/);
    for (const side of SIDES) show(side, next);
    await readAgain(2);
    await told(/NATS is back/);
    await expect.poll(shownByNats, { timeout: 10_000 }).toBe(serialOf('nats'));
    await kill(0);
    for (const side of SIDES) trust(side, next);
    await readAgain(3);
    // Server and clients of NATS meet again with what they have now.
    cluster.nats?.kill('SIGKILL');
    await kill(1);
    expect(await client.counters()).toHaveProperty('queue_messages');
    const fresh = tokens.create({ role: 'worker', name: '', days: 1, by: null });
    keepToken('worker.token', fresh.text);
    tokens.revoke(workerToken, null);
    await vi.waitFor(() => expect(cluster.workers[0]?.text).toContain('was revoked'), { timeout: 10_000 });
    await vi.waitFor(async () => expect(await connected()).toBe(2), { timeout: 30_000, interval: 200 });
    expect((await client.show(run)).summary?.status).toBe('running');
    const disturbed = await endOf(client, run);
    expect(disturbed.status).toBe('done');
    expect(disturbed.result).toMatch(/^[0-9a-f]{64}$/);
    expect(disturbed.result).toBe(undisturbed.result);
  }, 120_000);
});
