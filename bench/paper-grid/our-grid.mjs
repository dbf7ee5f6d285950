import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { treeMemory } from './process-tree.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'packages', 'cli', 'bin', 'run.js');
const SAMPLE_MS = 500;

export const realCache =
  process.env.OODGRID_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ood-grid');

/** Runs `work` with a score cache that is empty; the engine and the decoded data sets are those of the real one. */
async function withEmptyCache(work) {
  const folder = mkdtempSync(join(tmpdir(), 'oodgrid-bench-'));
  try {
    const cache = join(folder, 'cache');
    mkdirSync(cache);
    for (const name of ['engine', 'data']) {
      mkdirSync(join(realCache, name), { recursive: true });
      symlinkSync(join(realCache, name), join(cache, name));
    }
    return await work(folder, cache);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Submits an example grid with an empty score cache and watches the memory of the process tree. */
export const runOurGrid = (grid, dataFlags) =>
  runWatched(['submit', join('examples', `${grid}.yaml`), ...dataFlags]);

/** Runs a command that computes a grid with an empty score cache: seconds to its end, the peak memory of the process tree, and the results. */
export const runWatched = (command) =>
  withEmptyCache(async (folder, cache) => {
    const output = join(folder, 'run');
    const args = [CLI, ...command, '--output', output];
    const start = performance.now();
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, OODGRID_CACHE: cache },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let tail = '';
    child.stderr.on('data', (text) => {
      tail = (tail + text).slice(-2000);
    });
    const peak = { residentBytes: 0, proportionalBytes: 0 };
    const timer = setInterval(() => {
      const now = treeMemory(child.pid);
      peak.residentBytes = Math.max(peak.residentBytes, now.residentBytes);
      peak.proportionalBytes = Math.max(peak.proportionalBytes, now.proportionalBytes);
    }, SAMPLE_MS);
    const code = await new Promise((resolve) => child.on('close', resolve));
    clearInterval(timer);
    if (code !== 0) throw new Error(`ood-cli ended with ${code}: ${tail}`);
    const seconds = (performance.now() - start) / 1000;
    return { seconds, peak, results: JSON.parse(readFileSync(join(output, 'results.json'), 'utf8')) };
  });

/** The planner's counts for the work that one script per setting would do. */
export const planOfGrid = (grid, dataFlags) =>
  withEmptyCache(async (_folder, cache) => {
    const args = [CLI, 'plan', join('examples', `${grid}.yaml`), '--json', ...dataFlags];
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, OODGRID_CACHE: cache },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    for await (const part of child.stdout) text += part;
    return JSON.parse(text);
  });
