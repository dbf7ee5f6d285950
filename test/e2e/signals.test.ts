import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { CLI_BIN, ROOT } from '../support/cli.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());

/**
 * As soon as the command listens to SIGTERM, every thread that it has for files hangs in a system call, as on a disk that does
 * not answer: it opens a pipe that nobody writes to. The sign is a file that is there when they do.
 */
const hangingThreads = (pipe: string, sign: string) =>
  `data:text/javascript,${encodeURIComponent(`
  import { open, writeFileSync } from 'node:fs';
  process.on('newListener', function hang(event) {
    if (event !== 'SIGTERM') return;
    process.off('newListener', hang);
    for (let i = 0; i < 4; i++) open(${JSON.stringify(pipe)}, () => undefined);
    writeFileSync(${JSON.stringify(sign)}, '');
  });
`)}`;

/** A run that hangs before it has read its data. */
async function hanging() {
  const { file, folder } = writeBlackGrid(cache.folder);
  const pipe = join(folder, 'pipe');
  const sign = join(folder, 'hangs');
  execFileSync('mkfifo', [pipe]);
  // Empty: no run gets as far as to need an engine.
  const OODGRID_CACHE = mkdtempSync(join(cache.folder, 'cache-'));
  const child = spawn(
    process.execPath,
    ['--import', hangingThreads(pipe, sign), CLI_BIN, 'submit', file, '--output', join(folder, 'run')],
    {
      cwd: ROOT,
      env: { ...process.env, OODGRID_CACHE, UV_THREADPOOL_SIZE: '4' },
      stdio: ['ignore', 'ignore', 'ignore'],
    },
  );
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  await vi.waitFor(() => expect(existsSync(sign)).toBe(true), { timeout: 20_000 });
  // And the listener is there.
  await vi.waitFor(() => expect(isCaught(child.pid ?? 0)).toBe(true), { timeout: 20_000 });
  return { child, ended };
}

/** Whether the process has a listener for SIGTERM. */
function isCaught(pid: number): boolean {
  const status = execFileSync('cat', [`/proc/${pid}/status`], { encoding: 'utf8' });
  const mask = BigInt(`0x${/SigCgt:\s*([0-9a-f]+)/.exec(status)?.[1] ?? '0'}`);
  return ((mask >> 14n) & 1n) === 1n;
}

it.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s ends a command that hangs in a system call, and the exit code tells it',
  async (name, code) => {
    const { child, ended } = await hanging();
    child.kill(name);
    const outcome = await ended;
    // A thread hangs: only the signal itself can end the process, which shells tell as the same number.
    expect([outcome.code, outcome.signal]).toEqual(outcome.signal === null ? [code, null] : [null, name]);
  },
  40_000,
);
