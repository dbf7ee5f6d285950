import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import { storeId } from '@oodgrid/coordinator';
import { type Delivery, makeNkey, NatsHints, NatsPublisher, workerPermissions } from '@oodgrid/transport';
import { execa } from 'execa';
import getPort from 'get-port';
import { findNatsServer, OUTPUT_SCHEMAS } from 'ood-cli';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Authority } from '../support/authority.js';
import { oodCli } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const store = join(cache.folder, 'store');
const folder = join(cache.folder, 'nats');
const authority = new Authority(join(cache.folder, 'authority'));
const server = authority.issue('nats');
const client = authority.issue('worker');
const tls = { ...client, ca: authority.ca };
const log = () => undefined;
const POOLS = ['class A', 'class B'] as const;

let queue: string;
let port: number;
let nats: ReturnType<typeof startServer>;
let publisher: NatsPublisher;
const open: NatsConnection[] = [];

function startServer(program: string, config: string) {
  const args = ['-c', config, '-a', '127.0.0.1', '-p', String(port)];
  return execa(program, args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    buffer: false,
    reject: false,
  });
}
const seedFile = (name: string) => join(folder, `${name}.nkey`);
const security = (name: string) => ({ tls, nkeyFile: seedFile(name) });

beforeAll(async () => {
  queue = storeId(store);
  const pools = POOLS.flatMap((pool) => ['--pool', pool]);
  const certificate = ['--tls-cert', server.cert, '--tls-key', server.key, '--tls-ca', authority.ca];
  const { code, stdout, stderr } = await oodCli(
    [
      'nats',
      'config',
      '--json',
      '--store',
      store,
      '--output',
      folder,
      '--jetstream',
      join(folder, 'js'),
      ...pools,
      ...certificate,
    ],
    { OODGRID_CACHE: cache.cacheDir },
  );
  expect(code, stderr).toBe(0);
  const { config } = OUTPUT_SCHEMAS['nats config'].parse(JSON.parse(stdout));
  port = await getPort({ host: '127.0.0.1' });
  nats = startServer(findNatsServer(cache.cacheDir), config);
  publisher = await vi.waitFor(
    () =>
      NatsPublisher.open({
        server: `tls://127.0.0.1:${port}`,
        security: security('coordinator'),
        name: 'coordinator',
        queue,
        replicas: 1,
        log,
        onReturn: log,
        onLost: log,
      }),
    { timeout: 20_000, interval: 200 },
  );
  for (const pool of POOLS) publish(pool, 3);
  await vi.waitFor(async () => expect(await publisher.length()).toBe(6), { timeout: 10_000, interval: 50 });
}, 60_000);
afterAll(async () => {
  for (const connection of open) await connection.close();
  await publisher?.close();
  nats?.kill('SIGKILL');
  await nats;
});

let publications = 0;
function publish(pool: string, tasks: number): void {
  for (let task = 0; task < tasks; task++) {
    publisher.publish({ id: `${++publications}`, run: 'run', task, pool, model: 'a model', bundle: 1 });
  }
}

const hintsOf = (pool: string, name: string) =>
  NatsHints.open({
    server: `tls://127.0.0.1:${port}`,
    security: security(name),
    name,
    queue,
    log,
    pool,
    slots: 8,
  });

/** A worker that speaks NATS as it likes; `refusals` collects what the server says. */
async function hostile(name: string) {
  const seed = readFileSync(seedFile(name), 'utf8').trim();
  const options = {
    servers: `tls://127.0.0.1:${port}`,
    tls: { certFile: tls.cert, keyFile: tls.key, caFile: tls.ca },
  };
  const authenticator = nkeyAuthenticator(new TextEncoder().encode(seed));
  const connection = await connect({ ...options, authenticator });
  open.push(connection);
  const refusals: string[] = [];
  void (async () => {
    for await (const status of connection.status())
      if (status.type === 'error') refusals.push(status.error.message);
  })();
  return { connection, refusals };
}
/** Names of a pool, as the rights of its workers say them. */
const namesOf = (pool: string) => {
  const { publish: rights, subscribe } = workerPermissions({ queue, pool }, 'U');
  const stream = rights[1]?.split('.').at(-1) ?? '';
  const wake = subscribe[1] ?? '';
  return { stream, wake, tasks: wake.replace('.wake.', '.task.') };
};
const [A, B] = POOLS;

describe('workers of a pool on a server with the generated configuration', () => {
  it('get the tasks of their pool, over TLS, and may acknowledge them', async () => {
    const hints = await hintsOf(A, 'worker-1');
    const taken: Delivery[] = [];
    hints.want(
      () => 8 - taken.length,
      (delivery) => taken.push(delivery),
    );
    await vi.waitFor(() => expect(taken).toHaveLength(3), 10_000);
    for (const delivery of taken) delivery.ack();
    await expect.poll(() => publisher.length(), { timeout: 10_000 }).toBe(3);
    // A wake reaches them as well: what is published now does not wait for their own look.
    publish(A, 2);
    await vi.waitFor(() => expect(taken).toHaveLength(5), 10_000);
    for (const delivery of taken.slice(3)) delivery.ack();
    await hints.close();
  });

  it.each([
    [
      'take tasks of another pool',
      () => ({ publish: `$JS.API.CONSUMER.MSG.NEXT.${namesOf(B).stream}.a_model` }),
    ],
    ['list the consumers of another pool', () => ({ publish: `$JS.API.CONSUMER.LIST.${namesOf(B).stream}` })],
    [
      'acknowledge tasks of another pool',
      () => ({ publish: `$JS.ACK.${namesOf(B).stream}.a_model.1.1.1.1.1` }),
    ],
    ['publish tasks, of their own pool either', () => ({ publish: `${namesOf(A).tasks}.a_model` })],
    ['publish tasks of another pool', () => ({ publish: `${namesOf(B).tasks}.a_model` })],
    ['wake workers', () => ({ publish: namesOf(A).wake })],
    ['remove a stream', () => ({ publish: `$JS.API.STREAM.DELETE.${namesOf(A).stream}` })],
    ['empty a stream', () => ({ publish: `$JS.API.STREAM.PURGE.${namesOf(A).stream}` })],
    ['read a stream by its messages', () => ({ publish: `$JS.API.STREAM.MSG.GET.${namesOf(A).stream}` })],
    ['make a consumer', () => ({ publish: `$JS.API.CONSUMER.CREATE.${namesOf(A).stream}.mine` })],
    ['hear what other pools are woken by', () => ({ subscribe: namesOf(B).wake })],
    ['hear everything', () => ({ subscribe: '>' })],
    ['hear answers to others', () => ({ subscribe: '_INBOX.>' })],
    ['hear answers to the coordinator', () => ({ subscribe: `_INBOX_${publicKeyOf('coordinator')}.>` })],
    ['hear answers to workers of another pool', () => ({ subscribe: `_INBOX_${publicKeyOf('worker-2')}.>` })],
    ['hear tasks as they are published', () => ({ subscribe: `${namesOf(A).tasks}.>` })],
  ] satisfies readonly (readonly [string, () => { publish?: string; subscribe?: string }])[])(
    'may not %s',
    async (_what, breach) => {
      const { connection, refusals } = await hostile('worker-1');
      const { publish: to, subscribe: from } = { publish: undefined, subscribe: undefined, ...breach() };
      if (to !== undefined) connection.publish(to, '{}', { reply: `_INBOX_${publicKeyOf('worker-1')}.x` });
      if (from !== undefined) connection.subscribe(from, { callback: () => undefined });
      await connection.flush();
      await expect.poll(() => refusals.join()).toMatch(/permission/i);
      expect(await publisher.length()).toBe(3);
    },
  );

  it('can have a hint sent into another stream by naming it as the place of the answer: a nuisance, no task', async () => {
    publish(A, 1);
    await expect.poll(() => publisher.length(), { timeout: 10_000 }).toBe(4);
    const { connection } = await hostile('worker-1');
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${namesOf(A).stream}.a_model`;
    connection.publish(subject, JSON.stringify({ batch: 1, no_wait: true }), {
      reply: `${namesOf(B).tasks}.a_model`,
    });
    await connection.flush();
    // Its copy lies in the stream of the other pool, whose workers ask the coordinator for it and are denied.
    await expect.poll(() => publisher.length(), { timeout: 10_000 }).toBe(5);
    publisher.clear(A);
    publisher.clear(B);
    await expect.poll(() => publisher.length(), { timeout: 10_000 }).toBe(0);
  });
});

describe('that server', () => {
  it('lets nobody in without a key of the configuration', async () => {
    const servers = `tls://127.0.0.1:${port}`;
    const files = { certFile: tls.cert, keyFile: tls.key, caFile: tls.ca };
    await expect(connect({ servers, tls: files })).rejects.toThrow(/authorization/i);
    const { seed } = makeNkey();
    const authenticator = nkeyAuthenticator(new TextEncoder().encode(seed));
    await expect(connect({ servers, tls: files, authenticator })).rejects.toThrow(/authorization/i);
  });

  it('lets nobody in without a certificate, and its configuration holds no seed', async () => {
    const authenticator = nkeyAuthenticator(
      new TextEncoder().encode(readFileSync(seedFile('worker-1'), 'utf8').trim()),
    );
    const servers = `tls://127.0.0.1:${port}`;
    await expect(
      connect({ servers, tls: { caFile: tls.ca }, authenticator, reconnect: false }),
    ).rejects.toThrow();
    const config = readFileSync(join(folder, 'nats-server.conf'), 'utf8');
    for (const name of ['coordinator', 'worker-1', 'worker-2'])
      expect(config).not.toContain(readFileSync(seedFile(name), 'utf8').trim());
  });

  it('is not spoken to in the clear where TLS was asked for', async () => {
    const plainPort = await getPort({ host: '127.0.0.1' });
    const program = findNatsServer(cache.cacheDir);
    const plain = execa(program, ['-a', '127.0.0.1', '-p', String(plainPort)], {
      stdio: 'ignore',
      reject: false,
    });
    try {
      await vi.waitFor(async () => (await connect({ servers: `127.0.0.1:${plainPort}` })).close(), {
        timeout: 10_000,
      });
      const asking = NatsPublisher.open({
        server: `tls://127.0.0.1:${plainPort}`,
        security: security('coordinator'),
        name: 'coordinator',
        queue,
        replicas: 1,
        log,
        onReturn: log,
        onLost: log,
      });
      await expect(asking).rejects.toThrow(/does not support 'tls'/);
    } finally {
      plain.kill('SIGKILL');
      await plain;
    }
  });
});

function publicKeyOf(name: string): string {
  const config = readFileSync(join(folder, 'nats-server.conf'), 'utf8');
  const title = { coordinator: 'coordinator', 'worker-1': `workers of ${A}`, 'worker-2': `workers of ${B}` }[
    name
  ];
  return new RegExp(`# ${title}\\n\\s*{ nkey: (\\w+)`).exec(config)?.[1] ?? '';
}
