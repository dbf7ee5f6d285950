import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@oodgrid/contract';
import { SqliteStore } from '@oodgrid/coordinator';
import { afterAll, expect, it, vi } from 'vitest';
import { CLI_BIN, oodCli, ROOT } from '../support/cli.js';
import { childrenOf, isAlive } from '../support/process-tree.js';
import { writeSmallGrid } from '../support/small-grid.js';
import { temporaryCache } from '../support/temporary-cache.js';

const caches = [temporaryCache(), temporaryCache()] as const;
afterAll(() => {
  for (const cache of caches) cache.remove();
});

/** Results of fits that the run has stored: once there is one, the next run has something to go on from. */
function fittedStates(cacheDir: string): number {
  const store = new SqliteStore({ path: join(cacheDir, 'scores.db'), isExclusive: false });
  try {
    return [...store.fittedBlobs()].length;
  } finally {
    store.close();
  }
}

it.each([
  ['SIGINT', EXIT_CODES.cancelled, caches[0]],
  ['SIGKILL', null, caches[1]],
] as const)(
  '%s in the middle of a run leaves no process and no results, and the next run goes on',
  async (signal, code, cache) => {
    const file = await writeSmallGrid(cache.folder, join(ROOT, 'models'));
    const out = join(cache.folder, signal);
    mkdirSync(out);
    const args = ['submit', file, '--workers', '2', '--output', join(out, 'run')];
    const child = spawn(process.execPath, [CLI_BIN, ...args], {
      env: { ...process.env, OODGRID_CACHE: cache.cacheDir },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    child.stderr.resume();
    await vi.waitFor(() => expect(fittedStates(cache.cacheDir)).toBeGreaterThan(0), {
      timeout: 60_000,
      interval: 100,
    });
    const workers = childrenOf(child.pid ?? 0);
    expect(workers).toHaveLength(2);
    child.kill(signal);
    expect(await closed).toBe(code);
    await vi.waitFor(() => expect(workers.filter(isAlive)).toEqual([]), { timeout: 30_000, interval: 100 });
    // The reservation of a process that was killed stays; the next run takes it over.
    expect(readdirSync(out)).toEqual(signal === 'SIGKILL' ? ['.run.reserved'] : []);

    const again = await oodCli([...args, '--json'], { OODGRID_CACHE: cache.cacheDir });
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout).run.cachedUnits).toBeGreaterThan(0);
  },
  240_000,
);
