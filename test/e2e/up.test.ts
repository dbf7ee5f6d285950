import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import getPort from 'get-port';
import { describe, expect, it, vi } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { CLI_BIN, oodCli } from '../support/cli.js';
import { commandOf, descendantsOf, isAlive } from '../support/process-tree.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const env = { OODGRID_CACHE: cache.cacheDir };

/** Process of a member of `up`. */
function memberOf(up: number, name: string): number {
  const word = name === 'coordinator' ? 'serve' : name;
  const found = descendantsOf(up).find((pid) => {
    const [program = '', ...args] = commandOf(pid);
    return word === 'nats-server' ? program.includes(word) : args.includes(word);
  });
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

describe('ood-cli up', () => {
  it('runs a whole cluster that computes a real grid, and ends without a trace', async () => {
    const { file, folder } = writeBlackGrid(cache.folder, { count: 1100 });
    const port = await getPort({ host: '127.0.0.1' });
    const args = ['up', '--workers', '1', '--port', String(port), '--store', join(folder, 'up')];
    const up = execFile(process.execPath, [CLI_BIN, ...args], { env: { ...process.env, ...env } });
    let said = '';
    up.stderr?.on('data', (data) => {
      said += data;
    });
    const closed = new Promise((resolve) => up.once('close', resolve));
    try {
      await expect.poll(() => said, { timeout: 30_000 }).toMatch(/a cluster of 1 workers is up/);
      const output = join(folder, 'out');
      const submitted = ['submit', file, '--coordinator', `127.0.0.1:${port}`, '--output', output];
      const { code, stderr } = await oodCli(submitted, env);
      expect(stderr).toMatch(/done after/);
      expect(code).toBe(0);
      expect(readdirSync(output)).toContain('results.json');

      // Whatever dies is started again, and the cluster goes on.
      for (const name of ['worker-1', 'coordinator', 'nats-server']) {
        const pid = memberOf(up.pid ?? 0, name);
        process.kill(pid, 'SIGKILL');
        await expect.poll(() => said, { timeout: 20_000 }).toContain(`${name} has ended (`);
      }
      const fresh = ['--no-cache', '--output', join(folder, 'after')];
      await vi.waitFor(
        async () => {
          const outcome = await oodCli(['runs', '--coordinator', `127.0.0.1:${port}`], env);
          expect(outcome.code, outcome.stderr).toBe(0);
        },
        { timeout: 30_000, interval: 500 },
      );
      const after = await oodCli([...submitted.slice(0, 4), ...fresh], env);
      expect(after.code, after.stderr).toBe(0);

      const run = /submitted: (\S+)/.exec(stderr)?.[1] ?? '';
      for (const command of ['show', 'watch']) {
        const { stdout } = await oodCli([command, run, '--coordinator', `127.0.0.1:${port}`], env);
        expect(stdout).toMatch(/Baseline \(MSP\)[\s\S]*digest [0-9a-f]{64}/);
        expect(stdout).toContain(`ood-cli watch ${run} --output DIR`);
      }
      const again = join(folder, 'again');
      const args = ['watch', run, '--output', again, '--coordinator', `127.0.0.1:${port}`];
      expect((await oodCli(args, env)).stdout).toMatch(/Baseline[\s\S]*results: .*again/);
      expect(readFileSync(join(again, 'results.json'))).toEqual(readFileSync(join(output, 'results.json')));
    } finally {
      up.kill('SIGINT');
      await closed;
    }
  }, 120_000);

  it('that is killed takes its cluster with it', async () => {
    const port = await getPort({ host: '127.0.0.1' });
    const args = ['up', '--workers', '1', '--port', String(port), '--store', join(cache.folder, 'killed')];
    const up = execFile(process.execPath, [CLI_BIN, ...args], { env: { ...process.env, ...env } });
    let said = '';
    up.stderr?.on('data', (data) => {
      said += data;
    });
    await expect.poll(() => said, { timeout: 30_000 }).toMatch(/a cluster of 1 workers is up/);
    const members = descendantsOf(up.pid ?? 0);
    expect(members.length).toBeGreaterThanOrEqual(3);
    up.kill('SIGKILL');
    await expect.poll(() => members.filter(isAlive), { timeout: 30_000 }).toEqual([]);
  }, 90_000);
});
