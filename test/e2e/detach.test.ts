import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { oodCli } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
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
