import { readdirSync, readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { addressOf, METRICS_ROUTES, type MetricsServer, serveMetrics } from '@oodgrid/metrics';
import { makeToken, ROLES } from '@oodgrid/transport';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';

let server: MetricsServer;
let collected = 0;
const sockets: Socket[] = [];
beforeAll(async () => {
  const collect = () => void collected++;
  server = await serveMetrics({ program: 'coordinator', listen: '127.0.0.1:0', collect, notReady: () => [] });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => server.close());

const ask = (path: string, init: RequestInit = {}) => fetch(`http://${addressOf(server)}${path}`, init);
const open = () =>
  new Promise<Socket>((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port: server.port }, () => resolve(socket));
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.resume();
  });
const CALLERS = [
  ['without a token', () => undefined],
  ['with what is no token', () => 'letmein'],
  ...ROLES.map((role) => [`as ${role}`, () => makeToken(role).text] as const),
] as const;

describe('HTTP', () => {
  /** Files of the product that accept connections; what each of them serves is in a matrix of calls and roles. */
  it('is spoken by the server of metrics alone; everything else that listens is the gate of gRPC', () => {
    const listening = readdirSync(join(ROOT, 'packages'))
      .flatMap((name) =>
        readdirSync(join(ROOT, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' }).map((file) =>
          join('packages', name, 'src', file),
        ),
      )
      .filter((file) => file.endsWith('.ts'))
      .filter((file) =>
        /\bcreate(?:Secure)?Server\b|from 'node:(?:https|http2|dgram)'|new Server\(/.test(
          readFileSync(join(ROOT, file), 'utf8'),
        ),
      );
    expect(listening).toEqual([
      'packages/metrics/src/metrics-server.ts',
      'packages/transport/src/grpc/grpc-server.ts',
    ]);
  });

  it('has these routes', () => {
    expect(METRICS_ROUTES).toEqual({
      '/metrics': 'whoever reaches the port',
      '/healthz': 'whoever reaches the port',
      '/readyz': 'whoever reaches the port',
    });
  });

  describe.each(Object.keys(METRICS_ROUTES))('%s', (path) => {
    it.each(CALLERS)(
      'answers %s alike, repeats nothing of it, and nothing but reading',
      async (_who, token) => {
        const text = token();
        const headers: Record<string, string> = text === undefined ? {} : { authorization: `Bearer ${text}` };
        const answer = await ask(path, { headers });
        expect(answer.status).toBe(200);
        const said = (await answer.text()) + JSON.stringify([...answer.headers]);
        if (text !== undefined) expect(said).not.toContain(text);
        // A page of another origin is not let in on what a browser of the cluster's network could read.
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
          expect((await ask(path, { method, headers })).status, method).toBe(405);
      },
    );
  });

  it.each([
    '/',
    '/..',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/metrics/../../etc/passwd%00',
    '//etc/passwd',
    '/debug/pprof',
    '/__proto__',
  ])('serves nothing at %s', async (path) => {
    const socket = await open();
    const said: Buffer[] = [];
    socket.on('data', (data) => said.push(data));
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    await expect.poll(() => Buffer.concat(said).toString()).toMatch(/^HTTP\/1.1 404/);
  });

  it('refuses headers beyond 16 KiB, and does not keep a body', async () => {
    const answer = await ask('/healthz', { headers: { cookie: 'x'.repeat(20_000) } });
    expect(answer.status).toBe(431);
    const before = process.memoryUsage().rss;
    const big = await ask('/healthz', { method: 'POST', body: new Uint8Array(64 * 1024 ** 2) });
    expect(big.status).toBe(405);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 ** 2);
  });

  it('answers probes while others hold connections, say nothing, a byte now and then, or do not read', async () => {
    const hold: ((socket: Socket) => unknown)[] = [
      () => undefined,
      (socket) => socket.write('GET /met'),
      (socket) => socket.pause().write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(500)),
    ];
    for (let i = 0; i < 300; i++) {
      const socket = await open();
      hold[i % hold.length]?.(socket);
    }
    const at = performance.now();
    expect((await ask('/healthz')).status).toBe(200);
    expect(performance.now() - at).toBeLessThan(5000);
    for (const socket of sockets) socket.resume();
    await expect.poll(() => sockets.filter(({ destroyed }) => !destroyed).length).toBeLessThanOrEqual(64);
  });

  it('ends a request that does not come to an end', async () => {
    const socket = await open();
    socket.write('GET /healthz HTTP/1.1\r\n');
    const drip = setInterval(() => socket.write('x: y\r\n'), 200);
    await expect.poll(() => socket.destroyed, { timeout: 20_000 }).toBe(true);
    clearInterval(drip);
  }, 30_000);

  it('collects once for all who ask at once', async () => {
    const before = collected;
    await Promise.all(Array.from({ length: 40 }, async () => (await ask('/metrics')).text()));
    expect(collected - before).toBeLessThan(20);
  });
});
