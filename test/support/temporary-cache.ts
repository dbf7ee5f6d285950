import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliContext } from 'ood-cli';
import { afterAll } from 'vitest';

export interface TemporaryCache {
  /** Root of everything: `cache` is the cache folder, the rest is the test's. */
  readonly folder: string;
  readonly cacheDir: string;
  remove(): void;
}

/** A cache of its own for scores and blobs, with the engine, the servers and the decoded data sets of the real one. */
export function temporaryCache(): TemporaryCache {
  const folder = mkdtempSync(join(tmpdir(), 'oodgrid-test-'));
  const cacheDir = join(folder, 'cache');
  mkdirSync(cacheDir);
  const real = cliContext([]).cacheDir;
  for (const shared of ['engine', 'data', 'servers']) {
    mkdirSync(join(real, shared), { recursive: true });
    symlinkSync(join(real, shared), join(cacheDir, shared));
  }
  return { folder, cacheDir, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A temporary cache that goes when the tests of the file are over. */
export function testCache(): TemporaryCache {
  const cache = temporaryCache();
  afterAll(() => cache.remove());
  return cache;
}
