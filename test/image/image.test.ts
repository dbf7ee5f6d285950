import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Results } from '@oodgrid/contract';
import { execa } from 'execa';
import getPort from 'get-port';
import { findNatsServer, startNatsServer } from 'ood-cli';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { writeBlackGrid } from '../support/black-grid.js';
import { oodCli, ROOT } from '../support/cli.js';
import { type DeployTools, deployTools } from '../support/deploy-tools.js';
import { testCache } from '../support/temporary-cache.js';
import { ImageRoot } from './image-root.js';

const cache = testCache();
const folder = mkdtempSync(join(tmpdir(), 'oodgrid-image-'));
let tools: DeployTools;
let coordinator: ImageRoot;
let worker: ImageRoot;

beforeAll(async () => {
  tools = await deployTools();
  coordinator = await ImageRoot.make('coordinator', join(folder, 'coordinator'));
  worker = await ImageRoot.make('worker', join(folder, 'worker'));
}, 300_000);
afterAll(() => {
  for (const image of [coordinator, worker]) image.remove();
  rmSync(folder, { recursive: true });
});

const bomSchema = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(
    z.object({
      'bom-ref': z.string(),
      name: z.string(),
      hashes: z.array(z.object({ alg: z.string(), content: z.string().regex(/^[0-9a-f]{64,128}$/) })).min(1),
      licenses: z.array(z.unknown()).min(1),
    }),
  ),
});
const bomOf = (image: ImageRoot) =>
  bomSchema.parse(JSON.parse(readFileSync(join(image.folder, 'usr/share/ood-grid/bom.cdx.json'), 'utf8')));

describe('an image', () => {
  it('of the coordinator has no TensorFlow, and is below 200 MB with Node and all', () => {
    const files = coordinator.files();
    expect(files.filter(({ path }) => /tensorflow|tfjs/i.test(path))).toEqual([]);
    expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(200e6);
  });

  it('has no program but Node, and nothing in it may be written', () => {
    for (const image of [coordinator, worker]) {
      const programs = image
        .files()
        .filter(({ path, isProgram }) => isProgram && path.startsWith('usr/') && !/\.so(\.|$)/.test(path));
      expect(programs.map(({ path }) => path)).toEqual(['usr/local/bin/node']);
      expect(
        image.files().filter(({ path }) => /(^|\/)(bash|sh|dash|busybox|npm|pnpm|apt)$/.test(path)),
      ).toEqual([]);
    }
  });

  it('says all that it is made of', async () => {
    const refs = (image: ImageRoot) => bomOf(image).components.map((one) => one['bom-ref']);
    const [ofCoordinator, ofWorker] = [refs(coordinator), refs(worker)];
    expect(new Set(ofWorker).size).toBe(ofWorker.length);
    for (const all of [ofCoordinator, ofWorker]) {
      expect(all).toContain(`pkg:generic/node@${process.version.slice(1)}`);
      expect(all.some((ref) => ref.startsWith('pkg:npm/%40grpc/grpc-js@'))).toBe(true);
      expect(all.some((ref) => /^file:\/.*\/libc\.so\.6$/.test(ref))).toBe(true);
    }
    expect(ofWorker.some((ref) => ref.startsWith('pkg:pypi/tensorflow'))).toBe(true);
    expect(ofCoordinator.some((ref) => ref.includes('tensorflow'))).toBe(false);
    for (const image of [coordinator, worker]) {
      const input = readFileSync(join(image.folder, 'usr/share/ood-grid/bom.cdx.json'), 'utf8');
      const { stdout } = await execa('python3', [join(ROOT, 'test', 'image', 'validate-bom.py')], {
        input,
        env: { PYTHONPATH: tools.pythonPath },
      });
      expect(stdout).toBe('');
    }
    // Every package that is there, and no other.
    const packages = (image: ImageRoot) =>
      image
        .files('opt/ood-grid/node_modules/.pnpm')
        .flatMap(({ path }) => /\/\.pnpm\/([^/]+)\/node_modules\/.*\/package\.json$/.exec(path)?.[1] ?? []);
    expect(ofWorker.filter((ref) => ref.startsWith('pkg:npm/')).length).toBe(new Set(packages(worker)).size);
  });
});

it('coordinator and worker run from their images alone, as nobody, with no place to write but their volumes', async () => {
  const [natsPort, port] = [await getPort({ host: '127.0.0.1' }), await getPort({ host: '127.0.0.1' })];
  const nats = startNatsServer(findNatsServer(cache.cacheDir), join(folder, 'nats'), natsPort);
  const addresses = { nats: `127.0.0.1:${natsPort}`, coordinator: `127.0.0.1:${port}` };
  const serve = coordinator.start(
    [
      'serve',
      `--listen=${addresses.coordinator}`,
      `--nats=${addresses.nats}`,
      `--store=${coordinator.path('var/lib/ood-grid/store')}`,
    ],
    { OODGRID_CACHE: coordinator.path('var/cache/ood-grid'), TMPDIR: coordinator.path('tmp') },
  );
  const work = worker.start(
    ['worker', `--coordinator=${addresses.coordinator}`, `--nats=${addresses.nats}`],
    {
      OODGRID_CACHE: worker.path('var/cache/ood-grid'),
      OODGRID_ENGINES: worker.path('opt/ood-grid/engine'),
      TMPDIR: worker.path('tmp'),
    },
  );
  try {
    const { file } = writeBlackGrid(cache.folder, { count: 1100, methods: '[baseline]' });
    const output = join(cache.folder, 'run');
    const submitted = await oodCli(
      ['submit', file, '--coordinator', addresses.coordinator, '--output', output],
      { OODGRID_CACHE: cache.cacheDir },
    );
    expect([submitted.code, submitted.code === 0 ? '' : submitted.stderr]).toEqual([0, '']);
    const results: Results = JSON.parse(readFileSync(join(output, 'results.json'), 'utf8'));
    // Not WebAssembly: the engine and all that it is linked with are there.
    expect(results.environment).toMatchObject({ engine: 'tensorflow', device: 'cpu' });
    // As a node does that wants its pods to go.
    for (const child of [work, serve]) {
      child.kill('SIGTERM');
      const { exitCode, signal, stderr } = await child;
      expect([exitCode, signal, exitCode === 0 ? '' : stderr]).toEqual([0, undefined, '']);
    }
  } finally {
    for (const child of [work, serve, nats]) child.kill('SIGKILL');
    await Promise.all([work, serve, nats]);
  }
}, 120_000);
