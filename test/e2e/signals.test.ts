import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { CLI_BIN, ROOT } from '../support/cli.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());

/** A run that hangs while it reads its data: pipes that nobody writes to, in a folder of catalog files. */
async function hanging() {
  const { file, folder } = writeBlackGrid(cache.folder);
  const text = readFileSync(file, 'utf8').replace(/ood: .*/, 'ood: mnist');
  writeFileSync(file, text);
  const dataDir = join(folder, 'data', 'mnist');
  mkdirSync(dataDir, { recursive: true });
  for (const name of ['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz']) {
    execFileSync('mkfifo', [join(dataDir, name)]);
  }
  // Empty: no run gets as far as to need an engine.
  const OODGRID_CACHE = mkdtempSync(join(cache.folder, 'cache-'));
  const child = spawn(
    process.execPath,
    [CLI_BIN, 'submit', file, '--output', join(folder, 'run'), '--data-dir', join(folder, 'data')],
    {
      cwd: ROOT,
      env: { ...process.env, OODGRID_CACHE },
      stdio: ['ignore', 'ignore', 'ignore'],
    },
  );
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  // The ID side is read before: it is a blob then.
  await vi.waitFor(() => expect(readdirSync(join(OODGRID_CACHE, 'blobs')).length).toBeGreaterThan(1), {
    timeout: 20_000,
  });
  // And a listener is there.
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
