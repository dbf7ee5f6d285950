import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { CLI_BIN, oodCli } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const env = { OODGRID_CACHE: cache.cacheDir };
const elsewhere = join(cache.folder, 'elsewhere');
mkdirSync(elsewhere);

/** `ood-cli` in `elsewhere`, with a text on its standard input. */
function withInput(args: readonly string[], input: string, cwd = elsewhere) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [CLI_BIN, ...args], { cwd, env: { ...process.env, ...env } });
    const text = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (data) => {
        text[stream] += data;
      });
    child.on('close', (code) => resolve({ code, ...text }));
    child.stdin.end(input);
  });
}

describe('where a grid comes from', () => {
  it('a pipe that nobody writes to, a device and a folder are refused at once', async () => {
    const pipe = join(cache.folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const [file, reason] of [
      [pipe, 'is a pipe or a device; a grid is a regular file, or - for standard input'],
      ['/dev/zero', 'is a pipe or a device'],
      [cache.folder, 'is a folder; name the grid file in it'],
    ] as const) {
      const { code, stderr } = await oodCli(['submit', file], env, elsewhere);
      expect([code, stderr]).toEqual([EXIT_CODES['invalid-input'], expect.stringContaining(reason)]);
    }
  });

  it('a signal ends it while it waits for standard input', async () => {
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const) {
      const child = spawn(process.execPath, [CLI_BIN, 'submit', '-'], { env: { ...process.env, ...env } });
      const closed = new Promise((resolve) => child.once('close', (code, by) => resolve(by ?? code)));
      child.stdin.write('protocol: ');
      // Long enough to be waiting; if it were not yet, the signal would end it as well.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      child.kill(signal);
      expect([signal, code]).toContain(await closed);
    }
  });

  it('what is wrong on standard input is told with its place', async () => {
    const { code, stderr } = await withInput(['plan', '-'], 'protocol: [');
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(stderr).toContain('<stdin>:1:12  a "[" is not closed');
  });
});

describe("relative paths start from the grid's folder", () => {
  it('outputs.dir among them; --output is relative to the working directory', async () => {
    const { folder, file } = writeBlackGrid(cache.folder);
    writeFileSync(file, `${readFileSync(file, 'utf8')}outputs: { dir: ./mine, formats: [csv] }\n`);
    const submit = ['submit', file, '--workers', '1'];
    expect((await oodCli(submit, env, elsewhere)).code).toBe(0);
    expect(readdirSync(join(folder, 'mine'))).toHaveLength(1);
    expect(readdirSync(elsewhere)).toEqual([]);
    expect((await oodCli([...submit, '--output', 'here/run'], env, elsewhere)).code).toBe(0);
    expect(readdirSync(join(elsewhere, 'here', 'run')).sort()).toEqual([
      'comparisons.csv',
      'means.csv',
      'references.bib',
      'results.csv',
      'results.json',
      'scores',
    ]);
  });

  it('those of a grid from standard input from the working directory', async () => {
    const { folder, file } = writeBlackGrid(cache.folder);
    const { code } = await withInput(['submit', '-', '--workers', '1'], readFileSync(file, 'utf8'), folder);
    expect(code).toBe(0);
    expect(readdirSync(join(folder, 'runs'))).toHaveLength(1);
  });
});
