import { join } from 'node:path';
import { EXIT_CODES } from '@oodgrid/contract';
import getPort from 'get-port';
import { findNatsServer, startNatsServer } from 'ood-cli';
import { describe, expect, it } from 'vitest';
import { type SyntheticSite, syntheticSites } from '../support/synthetic-site.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
let site: SyntheticSite;
const open = syntheticSites(cache, (opened) => {
  site = opened;
});

describe('a cluster without a queue', () => {
  it('is a coordinator and its workers, who need not be told', async () => {
    await open().serve();
    site.worker('a');
    site.worker('b', '--nats', 'none');
    await site.connected(2);
    await site.submit('run');
    const share = new Map<string, number>();
    const ended = await site.end('run', (event) => {
      if (event.kind === 'task-started') share.set(event.workerId, (share.get(event.workerId) ?? 0) + 1);
    });
    expect(ended.status).toBe('done');
    expect(await site.client.counters()).not.toHaveProperty('queue_messages');
    expect([...share.keys()].sort()).toEqual(['a', 'b']);
  }, 60_000);

  it('gives no work to a worker that would wait for it elsewhere: a worker without a queue leaves a coordinator that has one', async () => {
    const port = await getPort({ host: '127.0.0.1' });
    const nats = startNatsServer(findNatsServer(cache.cacheDir), join(cache.folder, 'nats'), port);
    try {
      await new Promise<void>((resolve) => {
        nats.stderr.on('data', (text) => /Server is ready/.test(String(text)) && resolve());
      });
      await open().serve(`127.0.0.1:${port}`);
      const worker = site.worker('w', '--nats', 'none');
      expect(await worker.closed).toBe(EXIT_CODES['invalid-input']);
      expect(worker.stderr).toMatch(/hands out its tasks through NATS: give the worker the same --nats/);
    } finally {
      nats.kill('SIGKILL');
      await nats;
    }
  }, 60_000);

  it('is followed by its workers when it moves to another address, and loses nothing', async () => {
    await open().serve();
    const worker = site.worker('w');
    await site.connected(1);
    await site.submit('run', { scores: 200 });
    await expect.poll(() => site.tasks('run', 'done'), { timeout: 20_000 }).toBeGreaterThan(10);
    await site.coordinator?.kill();
    await site.serve();
    expect((await site.end('run')).status).toBe('done');
    expect(worker.child.exitCode).toBeNull();
  }, 60_000);
});

describe('a worker', () => {
  it('ends with exit code 75 when its time is over and when it is told to stop, and hands back what it has', async () => {
    await open().serve();
    const [timed, told] = [
      site.worker('timed', '--lifetime', '40'),
      site.worker('told', '--lifetime', '3600'),
    ];
    await site.connected(2);
    await site.submit('run', { scores: 100, milliseconds: 500 });
    await expect.poll(() => site.tasks('run', 'done'), { timeout: 20_000 }).toBeGreaterThan(3);
    told.child.kill('SIGTERM');
    // Schedulers send it more than once.
    told.child.kill('SIGTERM');
    expect(await told.closed).toBe(75);
    expect(await timed.closed).toBe(75);
    expect(timed.stderr).toMatch(/its time is (nearly )?over/);
    expect((await site.client.counters()).leases_expired ?? 0).toBe(0);
    expect(await site.tasks('run', 'running')).toBe(0);
  }, 90_000);

  it('ends with exit code 0 when there was nothing to do for a while', async () => {
    await open().serve();
    const worker = site.worker('w', '--exit-when-idle', '5', '--lifetime', '3600');
    await site.submit('run');
    expect((await site.end('run')).status).toBe('done');
    expect(await worker.closed).toBe(0);
    expect(worker.stderr).toMatch(/there is no more work/);
    const hasty = await site.command('worker', '--exit-when-idle', '2');
    expect(hasty.code).toBe(EXIT_CODES['invalid-input']);
    expect(hasty.stderr).toContain('--exit-when-idle: expected an integer greater than or equal to 5');
  }, 60_000);

  it('that ends in order without a limited time gives 0', async () => {
    await open().serve();
    const worker = site.worker('w');
    await site.connected(1);
    await worker.kill('SIGTERM');
    expect(await worker.closed).toBe(0);
  }, 60_000);
});
