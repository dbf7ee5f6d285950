import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { treeMemory } from './process-tree.mjs';

// The whole seven-method grid of the paper, sweeps and fits included, against what the paper's own code takes.
//
// The paper's code took as long as 870 PyTorch forward passes of the LeNet over 10,000 images (batch 64, two threads)
// on an idle machine, so one such pass, timed in the same run, says what it would take here and now. It needs a Python with
// torch: name it in OODGRID_BENCH_PYTHON. Without one only our own figures are reported.
const PASSES_OF_THE_PAPER = 870;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'packages', 'cli', 'bin', 'run.js');
const SAMPLE_MS = 500;

const isJson = process.argv.includes('--json');
const say = (line) => (isJson ? process.stderr : process.stdout).write(`${line}\n`);

const shared = join(ROOT, '..', 'shared', 'data');
const grid = existsSync(shared) ? 'fssd-paper' : 'quickstart';
const folder = mkdtempSync(join(tmpdir(), 'oodgrid-bench-'));
try {
  const before = await torchPassSeconds();
  const run = await submit();
  const after = await torchPassSeconds();
  report(run, before === undefined || after === undefined ? undefined : (before + after) / 2);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Submits the grid with an empty score cache and watches the memory of the process tree. */
async function submit() {
  const cache = join(folder, 'cache');
  const real =
    process.env.OODGRID_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ood-grid');
  mkdirSync(cache);
  for (const name of ['engine', 'data']) {
    mkdirSync(join(real, name), { recursive: true });
    symlinkSync(join(real, name), join(cache, name));
  }
  const data = existsSync(shared) ? ['--data-dir', shared] : [];
  const output = join(folder, 'run');
  const args = [CLI, 'submit', join('examples', `${grid}.yaml`), '--output', output, ...data];
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
  const plan = await planJson(data, cache);
  return { seconds, peak, plan, results: JSON.parse(readFileSync(join(output, 'results.json'), 'utf8')) };
}

/** What the planner says that one script per setting would do. */
async function planJson(data, cache) {
  const args = [CLI, 'plan', join('examples', `${grid}.yaml`), '--json', ...data];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, OODGRID_CACHE: cache },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const part of child.stdout) text += part;
  return JSON.parse(text);
}

/** Seconds of one PyTorch pass of the LeNet over 10,000 images: the best of three; undefined without torch. */
async function torchPassSeconds() {
  const python = process.env.OODGRID_BENCH_PYTHON || 'python3';
  const child = spawn(python, [fileURLToPath(new URL('./torch-pass.py', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.on('error', () => undefined);
  for await (const part of child.stdout) text += part;
  const seconds = Number(text);
  return seconds > 0 ? seconds : undefined;
}

function report({ seconds, peak, plan, results }, passSeconds) {
  const { work, workers } = results.run;
  const figures = {
    grid,
    seconds,
    workers,
    engine: `${results.environment.engine} ${results.environment.engineVersion}`,
    images: work.images,
    forwardPasses: work.forwards,
    gradientPasses: work.gradients,
    forwardsPerSecond: work.forwards / seconds,
    plainForwardPasses: plan.plain.forwards,
    plainGradientPasses: plan.plain.gradients,
    peakResidentBytes: peak.residentBytes,
    peakProportionalBytes: peak.proportionalBytes,
    torchPassSeconds: passSeconds ?? null,
    paperSecondsHere: passSeconds === undefined ? null : PASSES_OF_THE_PAPER * passSeconds,
    timesFaster: passSeconds === undefined ? null : (PASSES_OF_THE_PAPER * passSeconds) / seconds,
  };
  const count = (value) => Math.round(value).toLocaleString('en-US');
  say(
    `${grid}, ${workers} workers, ${figures.engine}: ${seconds.toFixed(1)} s from start to end, ${count(figures.forwardsPerSecond)} forward passes a second`,
  );
  say(`  forward passes   ${count(work.forwards)} done, ${count(plan.plain.forwards)} the plain way`);
  say(`  gradient passes  ${count(work.gradients)} done, ${count(plan.plain.gradients)} the plain way`);
  say(
    `  peak memory      ${(peak.residentBytes / 1e9).toFixed(2)} GB resident, all processes (${(peak.proportionalBytes / 1e9).toFixed(2)} GB with shared pages counted once)`,
  );
  if (passSeconds === undefined)
    say('  the paper code   not compared: no Python with torch (OODGRID_BENCH_PYTHON)');
  else
    say(
      `  the paper code   ${count(figures.paperSecondsHere)} s here (${passSeconds.toFixed(2)} s a PyTorch pass x ${PASSES_OF_THE_PAPER}): ${figures.timesFaster.toFixed(1)} times faster`,
    );
  for (const { title, seconds: compute } of results.cells)
    say(`  ${title.padEnd(34)} ${compute.toFixed(1)} s of compute, shared tasks counted in each`);
  if (isJson) process.stdout.write(`${JSON.stringify(figures)}\n`);
}
