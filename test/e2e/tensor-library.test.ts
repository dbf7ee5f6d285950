import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { oodCli, ROOT } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { type LoggedProcess, ModuleLog } from '../support/module-log/module-log.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());
afterEach(() => {
  vi.unstubAllEnvs();
});

const names = (processes: readonly LoggedProcess[]) => [...new Set(processes.map(({ name }) => name))].sort();
const computing = (log: ModuleLog) => names(log.processes().filter((one) => one.hasTensorLibrary));

/** Runs JavaScript that imports what it needs by URL. */
const evaluate = (text: string, { env }: ModuleLog) =>
  execa(process.execPath, ['--input-type=module', '--eval', text], { env: { ...env }, cwd: ROOT });

it('planning a grid loads no tensor library', async () => {
  const log = new ModuleLog(join(cache.folder, 'plan'));
  const { file } = writeBlackGrid(cache.folder, { methods: '[baseline, odin, energy]' });
  const { code, stderr } = await oodCli(['plan', file], { ...log.env, OODGRID_CACHE: cache.cacheDir });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  const planning = log.processes().find(({ name }) => name === 'run.js plan');
  expect(planning?.modules).toContainEqual(expect.stringContaining('packages/coordinator/dist'));
  expect(computing(log)).toEqual([]);
});

it.each(['methods', 'models', 'datasets', 'protocols', 'grid', 'report'])(
  'importing %s loads no tensor library',
  async (name) => {
    const log = new ModuleLog(join(cache.folder, name));
    const url = pathToFileURL(join(ROOT, 'packages', name, 'dist', 'index.js')).href;
    await evaluate(`await import(${JSON.stringify(url)})`, log);
    expect(log.processes()[0]?.modules).toContain(url);
    expect(computing(log)).toEqual([]);
  },
);

it('importing what computes loads it: the log would show it above', async () => {
  const log = new ModuleLog(join(cache.folder, 'compute'));
  const url = pathToFileURL(join(ROOT, 'packages', 'engine', 'dist', 'compute.js')).href;
  await evaluate(`await import(${JSON.stringify(url)})`, log);
  expect(computing(log)).toEqual(['eval']);
});

it('making schemas and pages loads no tensor library', async () => {
  const log = new ModuleLog(join(cache.folder, 'generate'));
  const url = pathToFileURL(join(ROOT, 'scripts', 'generate', 'files.mjs')).href;
  const made = `const { generatedFiles } = await import(${JSON.stringify(url)});
    console.log((await generatedFiles(${JSON.stringify(ROOT)})).size);`;
  const { stdout } = await evaluate(made, log);
  expect(Number(stdout)).toBeGreaterThan(10);
  expect(computing(log)).toEqual([]);
});

it('of a cluster that plans, computes and merges, executors and what asks for their engine load it', async () => {
  const log = new ModuleLog(join(cache.folder, 'cluster'));
  for (const [name, value] of Object.entries(log.env)) vi.stubEnv(name, value);
  const { folder, cacheDir } = cache;
  const cluster = await TestCluster.start({ folder, cacheDir, workers: 1, leaseSeconds: 30 });
  try {
    const at = ['--coordinator', cluster.coordinatorAddress];
    const env = { OODGRID_CACHE: cacheDir };
    await vi.waitFor(async () => expect((await oodCli(['runs', ...at], env)).code).toBe(0), 60_000);
    const { file } = writeBlackGrid(folder);
    const { code, stderr } = await oodCli(['submit', file, ...at, '--output', join(folder, 'results')], env);
    expect(code, stderr).toBe(0);
    const all = names(log.processes());
    expect(all).toEqual(expect.arrayContaining(['run.js serve', 'run.js submit', 'run.js worker']));
    // That executors are found to load it shows that the others would be.
    expect(computing(log)).toContainEqual(expect.stringMatching(/^main\.js/));
    expect(computing(log).filter((name) => !/^(main|probe)\.js/.test(name))).toEqual([]);
  } finally {
    await cluster.close();
  }
}, 120_000);
