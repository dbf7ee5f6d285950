import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { planOfGrid, realCache, runOurGrid } from './our-grid.mjs';
import { paperScripts, runPaperScript } from './paper-scripts.mjs';

// The whole seven-method grid of the paper, sweeps and fits included. With --paper, beside the paper's own code in the same run: our
// grid, its scripts, our grid again.
const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    // Folder with FashionMNIST and MNIST, where they are not in the cache.
    'data-dir': { type: 'string' },
    // Checkout of the paper's code, with its weights in pre_trained/.
    paper: { type: 'string' },
    // Its --dataroot.
    'paper-data': { type: 'string' },
    // A Python that has what its requirements.txt lists.
    python: { type: 'string', default: 'python3' },
    // Only its shortest script, and the rest by proportion: minutes instead of twenty.
    quick: { type: 'boolean', default: false },
  },
});

/** Seconds of all seven scripts by their own clocks over those of the Baseline, in the run that bench/results.md reports. */
const ALL_OVER_BASELINE = 158.6;

const say = (line) => (flags.json ? process.stderr : process.stdout).write(`${line}\n`);
const dataDir = flags['data-dir'];
const dataFlags = dataDir === undefined ? [] : ['--data-dir', resolve(dataDir)];
const hasMnist = dataDir !== undefined || existsSync(join(realCache, 'data', 'mnist', 'test.safetensors'));
// The same work on other digits where MNIST's own test set is not there.
const grid = hasMnist ? 'fssd-paper' : 'quickstart';

const before = await runOurGrid(grid, dataFlags);
const paper = flags.paper === undefined ? undefined : await runPaper(resolve(flags.paper));
const after = paper === undefined ? undefined : await runOurGrid(grid, dataFlags);
report(before, after, paper, await planOfGrid(grid, dataFlags));

async function runPaper(checkout) {
  const dataroot = flags['paper-data'] === undefined ? undefined : resolve(flags['paper-data']);
  const scripts = [];
  for (const script of paperScripts(checkout, flags.quick)) {
    const one = await runPaperScript(script, { checkout, dataroot, python: flags.python });
    say(
      `  ${one.title.padEnd(17)} ${one.seconds.toFixed(1)} s, ${one.ownSeconds.toFixed(1)} s by its own clock`,
    );
    scripts.push(one);
  }
  const sum = (key) => scripts.reduce((total, one) => total + one[key], 0);
  const seconds = flags.quick ? ALL_OVER_BASELINE * sum('ownSeconds') : sum('seconds');
  return { scripts, seconds, isEstimate: flags.quick };
}

function report(first, second, paper, plan) {
  const { results, peak } = first;
  const { work, workers } = results.run;
  const runs = [first, ...(second === undefined ? [] : [second])].map(({ seconds }) => seconds);
  const seconds = runs.reduce((sum, one) => sum + one, 0) / runs.length;
  const figures = {
    grid,
    seconds,
    runs,
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
    paper: paper ?? null,
    timesFaster: paper === undefined ? null : paper.seconds / seconds,
  };
  const count = (value) => Math.round(value).toLocaleString('en-US');
  say(
    `${grid}, ${workers} workers, ${figures.engine}: ${runs.map((one) => one.toFixed(1)).join(' and ')} s from start to end, ${count(figures.forwardsPerSecond)} forward passes a second`,
  );
  say(`  forward passes   ${count(work.forwards)} done, ${count(plan.plain.forwards)} the plain way`);
  say(`  gradient passes  ${count(work.gradients)} done, ${count(plan.plain.gradients)} the plain way`);
  say(
    `  peak memory      ${(peak.residentBytes / 1e9).toFixed(2)} GB resident, all processes (${(peak.proportionalBytes / 1e9).toFixed(2)} GB with shared pages counted once)`,
  );
  if (paper === undefined)
    say('  the paper code   not run: give its checkout with --paper (bench/README.md)');
  else if (paper.isEstimate)
    say(
      `  the paper code   about ${count(paper.seconds)} s (its Baseline by its own clock x ${ALL_OVER_BASELINE}): about ${figures.timesFaster.toFixed(1)} times`,
    );
  else say(`  the paper code   ${count(paper.seconds)} s: ${figures.timesFaster.toFixed(1)} times`);
  for (const { title, seconds: compute } of results.cells)
    say(`  ${title.padEnd(34)} ${compute.toFixed(1)} s of compute, shared tasks counted in each`);
  if (flags.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
}
