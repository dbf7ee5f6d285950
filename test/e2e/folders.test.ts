import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@oodgrid/contract';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { CLI_BIN, oodCli, ROOT } from '../support/cli.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());

const env = { OODGRID_CACHE: cache.cacheDir };
/** Without an engine: whatever is refused has computed nothing. */
const emptyCache = () => ({ OODGRID_CACHE: mkdtempSync(join(cache.folder, 'empty-')) });

function start(args: readonly string[], variables: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [CLI_BIN, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      text += data;
    });
  }
  const ended = new Promise<{ code: number | null; text: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, text })),
  );
  return { child, ended };
}

describe('the folder of the results', () => {
  it.each([
    ['submit', (file: string) => ['submit', file]],
    ['watch', () => ['watch', 'some-run', '--coordinator', '127.0.0.1:9']],
  ])('of %s that exists is refused before anything else', async (_name, command) => {
    const { file, folder } = writeBlackGrid(cache.folder);
    const args = [...command(file), '--output', folder];
    const { code, stderr } = await oodCli(args, emptyCache());
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(stderr).toContain(`${folder}: exists already`);
    expect(stderr).toContain('give another --output');
  });

  it("is one run's alone, until that has ended however it ends", async () => {
    const { file, folder } = writeBlackGrid(cache.folder);
    const output = join(folder, 'run');
    const marker = join(folder, '.run.reserved');
    const first = start(['submit', file, '--output', output], env);
    await vi.waitFor(() => expect(existsSync(marker)).toBe(true), { timeout: 20_000, interval: 5 });
    first.child.kill('SIGSTOP');
    const args = ['submit', file, '--workers', '1', '--output', output];
    const second = await oodCli(args, emptyCache());
    expect(second.code).toBe(EXIT_CODES.conflict);
    expect(second.stderr).toContain(`process ${first.child.pid} on `);

    first.child.kill('SIGKILL');
    await first.ended;
    expect(existsSync(marker)).toBe(true);
    const third = await oodCli(args, env);
    expect(third.code, third.stderr).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['grid.yaml', 'id', 'ood', 'run']);
  }, 60_000);

  it("that appears during the run loses nobody's results", async () => {
    const { file, folder } = writeBlackGrid(cache.folder);
    const output = join(folder, 'run');
    const args = ['submit', file, '--workers', '1', '--no-cache', '--output', output];
    const { ended } = start(args, env);
    await vi.waitFor(() => expect(existsSync(join(folder, '.run.reserved'))).toBe(true), { timeout: 20_000 });
    mkdirSync(output);
    writeFileSync(join(output, 'precious'), '');
    const { code, text } = await ended;
    expect(code).toBe(EXIT_CODES.unavailable);
    const rescue = /they are in (\S+) instead/.exec(text)?.[1] ?? '';
    expect(existsSync(join(rescue, 'results.json')), text).toBe(true);
    expect(text).not.toContain('in the cache');
    expect(readdirSync(output)).toEqual(['precious']);
  }, 60_000);
});

describe('a folder that cannot be written', () => {
  const blocked = join(cache.folder, 'a-file');
  writeFileSync(blocked, '');
  const { file } = writeBlackGrid(cache.folder);
  const within = join(blocked, 'folder');
  const cluster = ['--nats', '127.0.0.1:9'];

  it.each([
    ['cache of submit', ['submit', file], { OODGRID_CACHE: blocked }, 'OODGRID_CACHE'],
    ['cache by XDG', ['submit', file], { XDG_CACHE_HOME: blocked, OODGRID_CACHE: '' }, 'OODGRID_CACHE'],
    ['cache of plan', ['plan', file], { OODGRID_CACHE: within }, 'OODGRID_CACHE'],
    ['cache of data pull', ['data', 'pull', 'mnist'], { OODGRID_CACHE: within }, 'OODGRID_CACHE'],
    [
      'cache of a worker',
      ['worker', '--engine', 'none', ...cluster],
      { OODGRID_CACHE: within },
      'OODGRID_CACHE',
    ],
    ['temporary folder', ['submit', file], { ...emptyCache(), TMPDIR: within }, 'TMPDIR'],
    ['place of the results', ['submit', file, '--output', within], emptyCache(), '--output'],
    ['place of the results of watch', ['watch', 'a-run', '--output', within], emptyCache(), '--output'],
    ['store of serve', ['serve', '--store', within, ...cluster], emptyCache(), '--store'],
    ['store of up', ['up', '--store', within], emptyCache(), '--store'],
  ])('%s: exit 5, its name and the way out, no stack', async (_name, args, variables, wayOut) => {
    const { code, stderr } = await oodCli(args, variables);
    expect(code, stderr).toBe(EXIT_CODES.unavailable);
    expect(stderr).toContain(blocked);
    expect(stderr).toContain(wayOut);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
