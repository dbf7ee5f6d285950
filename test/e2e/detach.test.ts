import { runIdSchema } from '@oodgrid/contract';
import { ClusterClient } from 'ood-cli';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { oodCli } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
const spec = {
  kind: 'synthetic',
  seed: 1,
  fits: 1,
  sweeps: 1,
  scores: 1,
  rows: 1,
  milliseconds: 0,
  fault: 'none',
} as const;
let cluster: TestCluster;
beforeAll(async () => {
  const { folder, cacheDir } = cache;
  cluster = await TestCluster.start({ folder, cacheDir, workers: 0, leaseSeconds: 30 });
}, 60_000);
afterAll(async () => {
  await cluster?.close();
  cache.remove();
});

it("submit --detach prints the run's id and nothing else to stdout", async () => {
  const env = { OODGRID_CACHE: cache.cacheDir };
  const { file } = writeBlackGrid(cache.folder);
  const at = ['--coordinator', cluster.coordinatorAddress];
  await vi.waitFor(async () => expect((await oodCli(['runs', ...at], env)).code).toBe(0), 30_000);
  const { code, stdout } = await oodCli(['submit', file, '--detach', ...at], env);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^[\w-]+\n$/);
  const shown = await oodCli(['show', stdout.trim(), ...at], env);
  expect(shown.stdout).toContain(stdout.trim());
});

it.each([{ name: '\u001b[31m' }, { idempotencyKey: 'two\nlines' }])(
  'a submission with %j is refused',
  async (fields) => {
    const client = new ClusterClient(cluster.coordinatorAddress);
    const request = {
      run: runIdSchema.parse('hostile'),
      name: 'plain',
      idempotencyKey: 'plain',
      priority: 0,
      numericsClass: '',
      isCacheUsed: true,
      spec,
      ...fields,
    };
    try {
      await expect(client.submit(request)).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringContaining('all of which can be seen'),
      });
    } finally {
      client.close();
    }
  },
);
