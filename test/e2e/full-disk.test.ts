import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@oodgrid/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { CLI_BIN, oodCli } from '../support/cli.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());

/** Runs `ood-cli` where no file may grow beyond `kib`: a write fails in the middle, as on a full disk. */
function limited(kib: number, args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const script = `ulimit -f ${kib}; exec "$0" "$@"`;
    const env = { ...process.env, OODGRID_CACHE: cache.cacheDir };
    const child = execFile(
      'bash',
      ['-c', script, process.execPath, CLI_BIN, ...args],
      { env },
      (_error, _stdout, stderr) => resolve({ code: child.exitCode, stderr }),
    );
  });
}

const filesUnder = (folder: string) =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];

describe('a disk that is full', () => {
  it('while blobs are stored and while results are written: nothing half-written, and the next run goes through', async () => {
    // Rows enough for a results.json beyond the limit.
    const others = Array.from({ length: 11 }, (_, i) => `{ name: baseline, as: b${i} }`).join(', ');
    const { file, folder } = writeBlackGrid(cache.folder, { count: 2500, methods: `[baseline, ${others}]` });
    const out = join(folder, 'out');
    mkdirSync(out);
    const args = ['submit', file, '--workers', '1', '--output', join(out, 'run')];

    const storing = await limited(100, args);
    expect(storing.code).toBe(EXIT_CODES['resource-exhausted']);
    expect(filesUnder(join(cache.cacheDir, 'blobs')).filter((name) => name.includes('tmp'))).toEqual([]);

    // With everything in the cache, only the results are left to write (and 32 KiB that SQLite keeps beside its file).
    const whole = await oodCli(['submit', file, '--workers', '1', '--output', join(folder, 'first')], {
      OODGRID_CACHE: cache.cacheDir,
    });
    expect(whole.code).toBe(0);
    const writing = await limited(40, args);
    expect(writing.code).toBe(EXIT_CODES['resource-exhausted']);
    expect(writing.stderr).toMatch(
      /the results could not be (written|put together there): .*submit again: the scores are in the cache/,
    );
    expect(readdirSync(out)).toEqual([]);

    const after = await oodCli(args, { OODGRID_CACHE: cache.cacheDir });
    expect(after.code).toBe(0);
    expect(readdirSync(join(out, 'run')).sort()).toEqual([
      'comparisons.csv',
      'means.csv',
      'references.bib',
      'report.html',
      'results.csv',
      'results.json',
      'scores',
      'table.md',
      'table.tex',
    ]);
  }, 120_000);
});
