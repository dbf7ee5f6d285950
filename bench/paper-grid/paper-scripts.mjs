import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ON_CPU = fileURLToPath(new URL('./run-on-cpu.py', import.meta.url));

/** As the README of the paper's code has them, on FashionMNIST against MNIST. */
const SCRIPTS = [
  { title: 'Baseline', script: 'test_baseline.py', options: [] },
  { title: 'Outlier Exposure', script: 'test_baseline.py', options: ['--test_oe'] },
  { title: 'Deep Ensemble', script: 'test_de.py', options: [] },
  // The published code has the inference of MC-dropout, and no script that runs it: one has to be written around it.
  { title: 'MC-dropout', script: 'test_mcd.py', options: [] },
  { title: 'FSSD', script: 'test_fss.py', options: ['--inp_process'] },
  { title: 'Mahalanobis', script: 'test_maha.py', options: [] },
  { title: 'ODIN', script: 'test_odin.py', options: [] },
];

/** All scripts of `checkout`, or the first alone; throws for one that is missing. */
export function paperScripts(checkout, isQuick) {
  const wanted = isQuick ? SCRIPTS.slice(0, 1) : SCRIPTS;
  const missing = wanted.filter(({ script }) => !existsSync(join(checkout, script)));
  if (missing.length > 0) {
    const names = missing.map(({ script, title }) => `${script} (${title})`).join(', ');
    throw new Error(`${checkout} has no ${names}; with --quick only test_baseline.py is run`);
  }
  return wanted;
}

/** Seconds of one script: by its own clock, and of the whole process. */
export async function runPaperScript({ title, script, options }, { checkout, dataroot, python }) {
  const names = ['--ind', 'fmnist', '--ood', 'mnist', '--model_arch', 'lenet'];
  const data = dataroot === undefined ? [] : ['--dataroot', dataroot];
  const start = performance.now();
  const child = spawn(python, [ON_CPU, script, ...names, ...options, ...data], {
    cwd: checkout,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let tail = '';
  child.stderr.on('data', (text) => {
    tail = (tail + text).slice(-4000);
  });
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const own = /own clock: ([\d.e-]+)\s*$/.exec(tail)?.[1];
  if (code !== 0 || own === undefined) throw new Error(`${title}: ${script} ended with ${code}: ${tail}`);
  return { title, ownSeconds: Number(own), seconds: (performance.now() - start) / 1000 };
}
