import { join } from 'node:path';
import { resultsSchema } from '@oodgrid/contract';
import { afterAll, expect, it } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { oodCli } from '../support/cli.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());

it('a grid runs on WebAssembly, and says aloud what that costs', async () => {
  const { file, folder } = writeBlackGrid(cache.folder);
  const args = [
    'submit',
    file,
    '--engine',
    'wasm',
    '--workers',
    '1',
    '--json',
    '--output',
    join(folder, 'run'),
  ];
  const { code, stdout, stderr } = await oodCli(args, { OODGRID_CACHE: cache.cacheDir });
  expect(code).toBe(0);
  expect(stderr).toMatch(/computes on WebAssembly, about 10x slower .*"npm run setup"/);
  const results = resultsSchema.parse(JSON.parse(stdout));
  expect(results.environment.engine).toBe('wasm');
  // Black images on both sides: nothing tells them apart.
  expect(results.cells[0]?.metrics.auroc?.estimate).toBe(0.5);
}, 120_000);
