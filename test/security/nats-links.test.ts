import { join } from 'node:path';
import { NatsPublisher, type NatsSecurity } from '@oodgrid/transport';
import { execa } from 'execa';
import getPort from 'get-port';
import { findNatsServer } from 'ood-cli';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Authority } from '../support/authority.js';
import { oodCli } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const authority = new Authority(join(cache.folder, 'authority'));
const stranger = new Authority(join(cache.folder, 'stranger'));
const own = authority.issue('coordinator');
const late = authority.issue('coordinator', { days: -1 });
const foreign = stranger.issue('coordinator');
const folderOf = (config: string) => join(cache.folder, config);
const nkeyFile = join(folderOf('nats'), 'coordinator.nkey');
const env = { OODGRID_CACHE: cache.cacheDir };

let port: number;
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Two configurations of one server: `nats`, and `other`, which has keys of its own. */
beforeAll(async () => {
  port = await getPort({ host: '127.0.0.1' });
  const server = authority.issue('nats');
  const certificate = ['--tls-cert', server.cert, '--tls-key', server.key, '--tls-ca', authority.ca];
  for (const config of ['nats', 'other']) {
    const where = ['--output', folderOf(config), '--jetstream', join(cache.folder, 'js')];
    const { code, stderr } = await oodCli(['nats', 'config', ...where, ...certificate], env);
    expect(code, stderr).toBe(0);
  }
}, 60_000);

function start(config: string) {
  const file = join(folderOf(config), 'nats-server.conf');
  const child = execa(findNatsServer(cache.cacheDir), ['-c', file, '-a', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    buffer: false,
    reject: false,
  });
  const said = { text: '' };
  child.stderr.on('data', (data) => {
    said.text += data;
  });
  const stop = async () => {
    child.kill('SIGKILL');
    await child;
  };
  const says = (text: RegExp) => vi.waitFor(() => expect(said.text).toMatch(text), { timeout: 20_000 });
  return { stop, says };
}

const connect = (security: NatsSecurity, scheme = 'tls://', log: (line: string) => void = () => undefined) =>
  NatsPublisher.open({
    server: `${scheme}localhost:${port}`,
    security,
    name: 'coordinator',
    queue: 'aaaaaaaa',
    replicas: 1,
    log,
    onReturn: () => undefined,
    onLost: () => undefined,
  });

describe('a NATS server that takes whom its authority knows, by TLS', () => {
  let server: ReturnType<typeof start>;
  beforeAll(async () => {
    server = start('nats');
    await server.says(/Server is ready/);
  });
  afterAll(() => server.stop());

  // At once: each waits as long as an answer may take.
  it.concurrent.each([
    [
      'no certificate',
      { cert: null, key: null, ca: authority.ca },
      /nobody in without a certificate: --tls-cert/,
    ],
    ['one that has expired', { ...late, ca: authority.ca }, /refuses the certificate in .*pem \(.*expired\)/],
    [
      'one of another authority',
      { ...foreign, ca: authority.ca },
      /refuses the certificate in .*pem \(.*\): .*ca_file/,
    ],
    [
      'another authority for the server',
      { ...own, ca: stranger.ca },
      /its certificate is not accepted .*stranger/,
    ],
    ['half a certificate', { cert: own.cert, key: late.key, ca: authority.ca }, /key values mismatch/],
  ] as const)(
    'refuses who has %s, which is told',
    async (_what, tls, message) => {
      await expect(connect({ tls, nkeyFile })).rejects.toThrow(message);
    },
    30_000,
  );

  it('refuses a link without TLS, which is told', async () => {
    await expect(connect({ tls: null, nkeyFile }, '')).rejects.toThrow(
      `it takes links with TLS alone: tls://localhost:${port}`,
    );
    const args = ['serve', '--listen', '127.0.0.1:0', '--nats', `localhost:${port}`];
    const { code, stderr } = await oodCli([...args, '--store', join(cache.folder, 'store')], env);
    expect({ code, stderr }).toMatchObject({ code: 5, stderr: expect.stringContaining('with TLS alone') });
  }, 30_000);
});

describe('a link to it', () => {
  it('is made again, however often it was refused, when the server knows the key or the certificate', async () => {
    const first = start('nats');
    stops.push(first.stop);
    await first.says(/Server is ready/);
    const lines: string[] = [];
    const publisher = await connect({ tls: { ...own, ca: authority.ca }, nkeyFile }, 'tls://', (line) =>
      lines.push(line),
    );
    stops.push(() => publisher.close());
    await first.stop();
    const other = start('other');
    stops.push(other.stop);
    await other.says(/(authentication error[\s\S]*){3}/);
    await other.stop();
    const again = start('nats');
    stops.push(again.stop);
    await again.says(/Server is ready/);
    await vi.waitFor(() => expect(lines.at(-1)).toContain('NATS is back'), { timeout: 20_000 });
    expect(await publisher.length()).toBe(0);
  }, 60_000);
});
