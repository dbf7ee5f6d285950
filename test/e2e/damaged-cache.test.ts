import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { oodCli } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const env = { OODGRID_CACHE: cache.cacheDir };
const scores = join(cache.cacheDir, 'scores.db');
let runs = 0;

const { file } = writeBlackGrid(cache.folder, { count: 1100 });

async function submit() {
  const args = ['submit', file, '--workers', '1', '--json', '--output', join(cache.folder, `run-${++runs}`)];
  return oodCli(args, env);
}

/** Whole again, and all of it in the file itself. */
async function renew(): Promise<void> {
  for (const part of ['', '-wal', '-shm']) rmSync(`${scores}${part}`, { force: true });
  expect((await submit()).code).toBe(0);
}

describe('scores of former runs that cannot be used', () => {
  it.each([
    ['are no database', () => writeFileSync(scores, 'x'.repeat(100_000))],
    ['are cut', () => truncateSync(scores, Math.floor(statSync(scores).size / 2))],
    [
      'are damaged in the middle',
      () => {
        const bytes = readFileSync(scores);
        bytes.fill(0xff, 4096);
        writeFileSync(scores, bytes);
      },
    ],
  ])(
    'because they %s are set aside, which is said once, and begun anew',
    async (_how, damage) => {
      await renew();
      rmSync(`${scores}.damaged`, { force: true });
      damage();
      const { code, stderr, stdout } = await submit();
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout).cells.length).toBeGreaterThan(0);
      expect(stderr.match(/scores of former runs cannot be used/g)).toHaveLength(1);
      expect(stderr).not.toContain('back-up');
      expect(existsSync(`${scores}.damaged`)).toBe(true);
      const after = await submit();
      expect(after.stderr).not.toContain('cannot be used');
      expect(JSON.parse(after.stdout).run.cachedUnits).toBeGreaterThan(0);
    },
    60_000,
  );

  it("a coordinator's own store is no cache: it is refused and left as it is", async () => {
    const store = join(cache.folder, 'store');
    const { code: made } = await oodCli(['serve', '--store', store, '--nats', '127.0.0.1:1'], env);
    expect(made).toBe(EXIT_CODES.unavailable);
    const path = join(store, 'store.db');
    writeFileSync(path, 'x'.repeat(100_000));
    const { code, stderr } = await oodCli(['serve', '--store', store, '--nats', '127.0.0.1:1'], env);
    expect(code).toBe(EXIT_CODES['corrupt-data']);
    expect(stderr).toMatch(
      /store\.db: the store could not be opened: .*; restore it from a back-up, or name another place/,
    );
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(100_000));
  }, 30_000);
});
