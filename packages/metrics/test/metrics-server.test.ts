import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { addressOf, hostAndPort, type MetricsServer, serveMetrics } from '../src/metrics-server.js';

let server: MetricsServer;
afterEach(() => server.close());

async function open(more: Partial<Parameters<typeof serveMetrics>[0]> = {}) {
  server = await serveMetrics({
    program: 'worker',
    listen: '127.0.0.1:0',
    collect: (samples) => samples.add('oodgrid_worker_tasks', {}, 3),
    notReady: () => [],
    ...more,
  });
}
async function get(path: string, method = 'GET') {
  const response = await fetch(`http://${addressOf(server)}${path}`, { method });
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
}

describe('the server of metrics', () => {
  it('offers what is collected at each scrape, and whether the program is ready', async () => {
    await open();
    const { status, text, type } = await get('/metrics');
    expect(status).toBe(200);
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain('\noodgrid_worker_tasks 3\n');
    expect(text).toContain('\noodgrid_ready 1\n');
  });

  it('says that the program is alive when it is not ready, and why it is not', async () => {
    await open({ notReady: () => ['NATS is gone', 'it is about to stop'] });
    expect(await get('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await get('/readyz')).toMatchObject({ status: 503, text: 'NATS is gone\nit is about to stop\n' });
    expect((await get('/metrics')).text).toContain('\noodgrid_ready 0\n');
  });

  it('answers a scrape that fails with the reason, and goes on', async () => {
    let isBroken = true;
    await open({
      collect: () => {
        if (isBroken) throw new Error('the program is half-way up');
      },
    });
    expect(await get('/metrics')).toMatchObject({ status: 500, text: 'the program is half-way up\n' });
    isBroken = false;
    expect((await get('/metrics')).status).toBe(200);
  });

  it('knows no other paths, and nothing but reading', async () => {
    await open();
    for (const path of ['/', '/metrics/', '/../etc/passwd', '/constructor', '/__proto__']) {
      expect((await get(path)).status).toBe(404);
    }
    expect((await get('/metrics?x=1')).status).toBe(200);
    expect((await get('/metrics', 'POST')).status).toBe(405);
  });

  it('closes although somebody holds a connection open', async () => {
    await open();
    const socket = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.on('error', () => undefined);
    socket.write('GET /metrics HTTP/1.1\r\n');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await server.close();
    await closed;
  });

  it('refuses an address that is taken, or is none', async () => {
    await open();
    const taken = { program: 'worker', collect: () => undefined, notReady: () => [] } as const;
    await expect(serveMetrics({ ...taken, listen: addressOf(server) })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/cannot listen there: .*give another HOST:PORT/),
    });
    for (const wrong of ['', '9464', 'host', 'host:', 'a b:70000', '::1:80']) {
      expect(() => hostAndPort(wrong)).toThrow(/give HOST:PORT/);
    }
    expect(hostAndPort('[::1]:9464')).toEqual({ host: '::1', port: 9464 });
  });
});
