import { type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@oodgrid/contract';
import { afterAll, expect, it } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { CLI_BIN, ROOT } from '../support/cli.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());

/** Computes a grid with these streams; a stream that is "gone" is closed by its reader before anything is written. */
async function submit(
  stdout: 'pipe' | 'gone' | number,
  stderr: 'pipe' | 'gone' | number,
  more: string[] = [],
) {
  const { file, folder } = writeBlackGrid(cache.folder);
  const TMPDIR = mkdtempSync(join(cache.folder, 'tmp-'));
  const output = join(folder, 'run');
  const pipe = (stream: 'pipe' | 'gone' | number) => (typeof stream === 'number' ? stream : 'pipe');
  const options: SpawnOptions = {
    cwd: ROOT,
    env: { ...process.env, OODGRID_CACHE: cache.cacheDir, TMPDIR, NO_COLOR: '1' },
    stdio: ['ignore', pipe(stdout), pipe(stderr)],
  };
  const args = ['submit', file, '--workers', '1', '--output', output, ...more];
  const child = spawn(process.execPath, [CLI_BIN, ...args], options);
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    if ((name === 'stdout' ? stdout : stderr) === 'gone') child[name]?.destroy();
    child[name]?.on('data', (data) => {
      text[name] += data;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { ...text, code, hasResults: existsSync(join(output, 'results.json')), left: readdirSync(TMPDIR) };
}

it.each([
  ['stderr', 'pipe', 'gone'],
  ['stdout', 'gone', 'pipe'],
] as const)(
  '%s that nobody reads any longer costs nothing but what it would have said',
  async (_name, out, err) => {
    const { code, hasResults, left } = await submit(out, err);
    expect({ code, hasResults, left }).toEqual({ code: 0, hasResults: true, left: [] });
  },
  60_000,
);

it('a log on a full disk does not end a run; results that were meant for stdout and are lost do say so', async () => {
  const full = openSync('/dev/full', 'w');
  try {
    const logged = await submit('pipe', full);
    expect(logged).toMatchObject({ code: 0, hasResults: true, left: [] });
    expect(logged.stdout).toContain('results: ');

    const printed = await submit(full, 'pipe', ['--json']);
    expect(printed).toMatchObject({ code: EXIT_CODES['resource-exhausted'], hasResults: true, left: [] });
    expect(printed.stderr).toContain('the output could not be written: ENOSPC');
  } finally {
    closeSync(full);
  }
}, 60_000);
