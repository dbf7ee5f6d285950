import { mkdirSync, readFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TokenStore, tokensPath } from '@oodgrid/coordinator';
import { endpoint, makeToken, openFilesLimit } from '@oodgrid/transport';
import { execa } from 'execa';
import getPort from 'get-port';
import { ClusterClient } from 'ood-cli';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CLI_BIN } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { beginning, call, HTTP2_PREFACE } from '../support/raw-http2.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const folder = join(cache.folder, 'cluster');
const MIB = 1024 ** 2;
/** Largest growth of the process under any load, garbage of the honest calls included. */
const MAX_GROWTH = 150 * MIB;
/** As many as this process may open, beside what it needs itself. */
const IDLE = Math.min(10_000, openFilesLimit() - 1000);
const GREEDY = 1000;
const CHEAP_CALL = '/oodgrid.v1.ClientService/Status';

let cluster: TestCluster;
let client: ClusterClient;
let token: string;
/** Of somebody else. */
let other: string;
let port: number;
const sockets: Socket[] = [];

beforeAll(async () => {
  mkdirSync(join(folder, 'store'), { recursive: true });
  const tokens = new TokenStore(
    tokensPath(join(folder, 'store')),
    () => new Date(),
    () => undefined,
  );
  token = tokens.create({ role: 'viewer', name: '', days: 1, by: null }).text;
  other = tokens.create({ role: 'viewer', name: '', days: 1, by: null }).text;
  cluster = await TestCluster.start({ folder, cacheDir: cache.cacheDir, workers: 0, leaseSeconds: 20 });
  port = Number(cluster.coordinatorAddress.split(':')[1]);
  client = new ClusterClient(
    endpoint(cluster.coordinatorAddress, { tls: null, token: { current: token }, isPlainAllowed: false }),
  );
  await vi.waitFor(() => client.runs(), { timeout: 30_000, interval: 100 });
}, 60_000);
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  client?.close();
  await cluster?.close();
});

const residentBytes = () =>
  1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${cluster.coordinator.pid}/status`, 'utf8'))?.[1]);

/** Opens connections, a few hundred at a time: more do not fit into a listener's queue. */
async function open(count: number, then: (socket: Socket) => void = () => undefined): Promise<void> {
  for (let left = count; left > 0; left -= 400)
    await Promise.all(Array.from({ length: Math.min(left, 400) }, () => openOne(then)));
}

const openOne = (then: (socket: Socket) => void, to = port) =>
  new Promise<void>((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port: to });
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
    socket.once('connect', () => {
      then(socket);
      resolve();
    });
  });

const alive = () => sockets.filter(({ destroyed }) => !destroyed).length;

/** An honest client is answered all the while, and on a connection of its own. */
async function isServed(): Promise<void> {
  const fresh = new ClusterClient(client.endpoint);
  try {
    const at = performance.now();
    await Promise.all([client.runs(), fresh.runs()]);
    expect(performance.now() - at).toBeLessThan(5000);
  } finally {
    fresh.close();
  }
}

describe('a coordinator', () => {
  it(`with ${IDLE} connections that say nothing, or a byte now and then, serves others and ends them`, async () => {
    const before = residentBytes();
    let slow = 0;
    await open(IDLE, (socket) => {
      socket.resume();
      // Every second one sends its preface letter by letter.
      if (slow++ % 2 === 0) return;
      let at = 0;
      const timer = setInterval(() => socket.write(HTTP2_PREFACE.charAt(at++ % HTTP2_PREFACE.length)), 500);
      socket.once('close', () => clearInterval(timer));
    });
    await isServed();
    // Those that wait longest make room, the rest is ended in time.
    await expect.poll(alive, { timeout: 20_000 }).toBe(0);
    await isServed();
    expect(residentBytes() - before).toBeLessThan(MAX_GROWTH);
    expect((await client.counters()).refused_pending_connections).toBeGreaterThanOrEqual(IDLE / 3);
    expect((await client.counters()).refused_idle_connection).toBeGreaterThan(0);
  }, 60_000);

  it(`with ${GREEDY} connections that send as much as they can, serves others and keeps nothing of it`, async () => {
    const before = residentBytes();
    const noise = Buffer.alloc(64 * 1024, 0x41);
    let sent = 0;
    await open(GREEDY, (socket) => {
      socket.resume();
      // Half of them garbage, half a request that never ends, of a caller without a token.
      socket.write(sent++ % 2 === 0 ? noise : HTTP2_PREFACE);
      const more = () => {
        if (!socket.destroyed && socket.write(noise)) setTimeout(more, 20);
      };
      socket.on('drain', more);
      more();
    });
    await isServed();
    await expect.poll(alive, { timeout: 20_000 }).toBe(0);
    await isServed();
    expect(residentBytes() - before).toBeLessThan(MAX_GROWTH);
  }, 60_000);

  it(`with ${IDLE} connections of one token that were let in and say nothing more, serves others and keeps half of them at most`, async () => {
    const before = residentBytes();
    const hello = Buffer.concat([beginning(), call(1, CHEAP_CALL, other)]);
    await open(IDLE, (socket) => {
      socket.resume();
      socket.write(hello);
    });
    await expect.poll(alive, { timeout: 20_000 }).toBeLessThanOrEqual(Math.ceil(IDLE / 2) + 500);
    expect(alive()).toBeGreaterThan(IDLE / 4);
    await isServed();
    // What gRPC keeps of a connection that may call.
    expect(residentBytes() - before).toBeLessThan(IDLE * 32 * 1024 + MAX_GROWTH);
  }, 60_000);

  it(`with ${GREEDY} connections of one token that call as often as they can, serves others`, async () => {
    const before = residentBytes();
    await open(GREEDY, (socket) => {
      let stream = 1;
      const wave = () => {
        if (socket.destroyed) return;
        for (let calls = 0; calls < 20; calls++, stream += 2) socket.write(call(stream, CHEAP_CALL, other));
      };
      socket.on('data', wave);
      socket.cork();
      socket.write(beginning());
      wave();
      socket.uncork();
    });
    for (let round = 0; round < 5; round++) await isServed();
    expect((await client.counters())['refused_resource-exhausted']).toBeGreaterThan(0);
    expect(residentBytes() - before).toBeLessThan(MAX_GROWTH);
  }, 60_000);

  it('that may have few files open takes fewer connections, and goes on', async () => {
    const small = await getPort({ host: '127.0.0.1' });
    const where = [
      '--listen',
      `127.0.0.1:${small}`,
      '--nats',
      'none',
      '--store',
      join(folder, 'store-of-few'),
    ];
    const line = `ulimit -n 600; exec ${[process.execPath, CLI_BIN, 'serve', ...where].join(' ')}`;
    const serve = execa('bash', ['-c', line], {
      env: { OODGRID_CACHE: cache.cacheDir },
      stdio: ['ignore', 'ignore', 'pipe'],
      reject: false,
    });
    const honest = new ClusterClient(`127.0.0.1:${small}`);
    try {
      await vi.waitFor(() => honest.runs(), { timeout: 30_000, interval: 100 });
      const hello = Buffer.concat([beginning(), call(1, CHEAP_CALL, '')]);
      for (let wave = 0; wave < 10; wave++) {
        const greedy = Array.from({ length: 100 }, () =>
          openOne((socket) => socket.resume().write(hello), small),
        );
        await Promise.all(greedy);
      }
      await honest.runs();
      expect((await honest.counters()).refused_idle_connection).toBeGreaterThan(0);
    } finally {
      honest.close();
      serve.kill('SIGKILL');
    }
    const { stderr } = await serve;
    expect(stderr).toContain('takes at most 150 connections: this process may have 600 files open');
    expect(stderr).not.toMatch(/EMFILE|trying again/);
  }, 60_000);

  it('ends a connection whose calls are refused again and again', async () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on('error', () => undefined);
    const closed = new Promise((resolve) => session.once('close', resolve));
    for (let i = 0; i < 50; i++) {
      const headers = {
        authorization: `Bearer ${makeToken('admin').text}`,
        'content-type': 'application/grpc',
        te: 'trailers',
      };
      const request = session.request({
        ':method': 'POST',
        ':path': '/oodgrid.v1.ClientService/ListRuns',
        ...headers,
      });
      request.on('error', () => undefined);
      request.end(Buffer.alloc(5));
    }
    await closed;
    await isServed();
  });

  it('does not unpack a message that would be larger than one may be', async () => {
    const before = residentBytes();
    const bomb = gzipSync(Buffer.alloc(512 * MIB));
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const status = await new Promise((resolve) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/grpc',
        te: 'trailers',
      };
      const request = session.request({
        ':method': 'POST',
        ':path': '/oodgrid.v1.ClientService/GetRun',
        'grpc-encoding': 'gzip',
        ...headers,
      });
      request.on('response', (got) => got['grpc-status'] !== undefined && resolve(got['grpc-status']));
      request.on('trailers', (got) => resolve(got['grpc-status']));
      request.resume();
      const header = Buffer.alloc(5);
      header.writeUInt8(1, 0);
      header.writeUInt32BE(bomb.length, 1);
      request.end(Buffer.concat([header, bomb]));
    });
    // RESOURCE_EXHAUSTED.
    expect(status).toBe('8');
    session.destroy();
    expect(residentBytes() - before).toBeLessThan(MAX_GROWTH);
    await isServed();
  });
});
