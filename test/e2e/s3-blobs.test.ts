import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT_CODES } from '@oodgrid/contract';
import { ClusterClient } from 'ood-cli';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { S3Server } from '../support/s3-server.js';
import { writeSmallGrid } from '../support/small-grid.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
let server: S3Server;
let cluster: TestCluster | undefined;
beforeAll(async () => {
  server = await S3Server.start(cache.folder);
});
afterEach(() => cluster?.close());
afterAll(() => server?.down());

const env = () => ({ OODGRID_CACHE: cache.cacheDir, ...server.env });

describe('a cluster whose blobs are in a bucket of S3', () => {
  it('gives the bits of the local run, although coordinator, workers and the S3 server are killed', async () => {
    const file = await writeSmallGrid(cache.folder, join(ROOT, 'models'));
    const args = ['submit', file, '--set', 'options.slice=512', '--no-cache', '--json', '--output'];
    const local = await oodCli([...args, join(cache.folder, 'local')], env());
    const opened = await TestCluster.start({
      folder: cache.folder,
      cacheDir: cache.cacheDir,
      workers: 2,
      leaseSeconds: 2,
      isQueueless: true,
      serveArgs: ['--blobs', 's3://grid/runs'],
      serveEnv: server.env,
    });
    cluster = opened;
    const at = ['--coordinator', opened.coordinatorAddress];
    const client = new ClusterClient(opened.coordinatorAddress);
    const done = async () => {
      const [run] = await client.runs().catch(() => []);
      return run?.tasks.find(({ state }) => state === 'done')?.count ?? 0;
    };
    let results = '';
    const submitted = (async () => {
      while (results === '') {
        const { code, stdout, stderr } = await oodCli(
          [...args, join(cache.folder, `out-${Date.now()}`), ...at, '--key', 'one'],
          env(),
        );
        if (code === 0) results = stdout;
        else if (!/did not answer/.test(stderr)) throw new Error(stderr);
        else await sleep(200);
      }
    })();
    await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(3);
    opened.coordinator.kill('SIGKILL');
    opened.workers[0]?.kill('SIGKILL');
    await server.down();
    await sleep(2000);
    await server.up();
    await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(8);
    await server.down();
    opened.workers[1]?.kill('SIGKILL');
    await sleep(3000);
    await server.up();
    await submitted;
    client.close();
    expect(JSON.parse(results).digest).toBe(JSON.parse(local.stdout).digest);
    expect(opened.coordinator.starts).toBeGreaterThan(1);
    expect(existsSync(join(opened.storeDir, 'blobs'))).toBe(false);
    expect(readdirSync(join(server.folder, 'grid', 'runs')).length).toBeGreaterThan(5);
  }, 180_000);
});

describe('serve ends and says what is wrong', () => {
  const serve = (blobs: string, store: string, more: Readonly<Record<string, string>> = {}) =>
    oodCli(
      [
        'serve',
        '--nats',
        'none',
        '--listen',
        '127.0.0.1:0',
        '--store',
        join(cache.folder, store),
        '--blobs',
        blobs,
      ],
      { ...env(), ...more },
    );

  it('with the bucket', async () => {
    expect(await serve('s3://none-such/p', 'a')).toMatchObject({
      code: EXIT_CODES.unavailable,
      stderr: expect.stringContaining('has no bucket none-such: make it there'),
    });
    const wrong = await serve('s3://grid/p', 'a', { AWS_SECRET_ACCESS_KEY: 'not-the-secret' });
    expect(wrong).toMatchObject({
      code: EXIT_CODES.unavailable,
      stderr: expect.stringContaining('check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'),
    });
    expect(wrong.stderr).not.toContain('not-the-secret');
    expect(await serve('grid/p', 'a')).toMatchObject({
      code: EXIT_CODES['invalid-input'],
      stderr: expect.stringContaining('write s3://BUCKET/PREFIX'),
    });
  });

  it("with somebody else's blobs there", async () => {
    await server.bucket('taken').putIfAbsent('owner.txt', Buffer.from('another store'));
    expect(await serve('s3://grid/taken', 'b')).toMatchObject({
      code: EXIT_CODES.conflict,
      stderr: expect.stringContaining("the blobs of another coordinator's store are there"),
    });
  });
});
