import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { workerEnvironment } from '../../packages/engine/dist/index.js';
import { makeFeatures } from '../score/make-features.mjs';
import { median } from './clock.mjs';

// All methods of one pass together against max softmax alone, on LeNet, and each against pytorch-ood's on the same features. One thread on both
// sides, processor time.
const number = (fallback) => ({ type: 'string', default: String(fallback) });
const { values } = parseArgs({
  options: {
    rounds: number(3),
    samples: number(10_000),
    units: number(512),
    /** A Python that has pytorch-ood; without it there is no second part. */
    python: { type: 'string' },
    /** Without the first part. */
    features: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const say = (line) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);

Object.assign(process.env, workerEnvironment(), { OMP_NUM_THREADS: '1' });
const { loadEngine } = await import('../../packages/engine/dist/compute.js');
const { onLenet } = await import('./on-lenet.mjs');
const { onFeatures } = await import('./on-features.mjs');
const cacheDir =
  process.env.OODGRID_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ood-grid');
const engine = await loadEngine({ cacheDir, log: say });

const lenet = values.features ? undefined : await onLenet(engine, rounds);
if (lenet !== undefined) {
  const { images, mspSeconds, linear, heavier } = lenet;
  say(
    `LeNet, ${images} images: max softmax alone ${mspSeconds.toFixed(2)} s; all ${linear.methods.length} methods of linear cost together ${linear.ratio.toFixed(2)} times that`,
  );
  for (const { method, ratio, cost } of heavier) say(`  ${method.padEnd(32)} ${ratio.toFixed(2)}  ${cost}`);
}

const SETTINGS = {
  energy: { temperature: 1 },
  knn: { k: 50 },
  nnguide: { k: 10, share: 1 },
  vim: { dim: Number(values.units) / 2 },
  ddu: { combine: 'sum', prior: true },
  lts: { percentile: 95 },
  react: { percentile: 90 },
  dice: { percentile: 70 },
  ash: { percentile: 65, variant: 's' },
  scale: { percentile: 65 },
  nac: { bins: 'geometric' },
};

/** Seconds of each method here and there, rounds in turn. */
function besidePytorchOod(python) {
  const folder = mkdtempSync(join(tmpdir(), 'oodgrid-all-methods-'));
  try {
    const size = {
      samples: Number(values.samples),
      train: Number(values.samples),
      units: Number(values.units),
      classes: 10,
      sets: 1,
    };
    const made = makeFeatures(folder, size);
    const flat = (split) => ({
      rows: split.get('features').shape[0],
      features: split.get('features').data,
      logits: split.get('logits').data,
      labels: split.get('labels').data,
    });
    const sets = { ...size, ...made.head, train: flat(made.train), test: flat(made.ood[0]) };
    const script = fileURLToPath(new URL('pytorch_ood_times.py', import.meta.url));
    const [ours, theirs] = [new Map(), new Map()];
    const note = (times, name, one) => times.set(name, [...(times.get(name) ?? []), one]);
    // What is computed first pays for the start of the engine.
    onFeatures('energy', SETTINGS.energy, sets);
    for (let round = 0; round < rounds; round++) {
      const there = JSON.parse(
        execFileSync(python, [script, folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      );
      for (const [name, one] of Object.entries(there)) {
        if (typeof one === 'string') throw new Error(`pytorch-ood: ${name}: ${one}`);
        note(theirs, name, one);
        note(ours, name, onFeatures(name, SETTINGS[name] ?? {}, sets));
      }
    }
    const of = (times, name, part) => median(times.get(name).map((one) => one[part]));
    return [...ours.keys()].map((method) => ({
      method,
      here: { fit: of(ours, method, 'fit'), score: of(ours, method, 'score') },
      there: { fit: of(theirs, method, 'fit'), score: of(theirs, method, 'score') },
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const beside = values.python === undefined ? undefined : besidePytorchOod(values.python);
if (beside !== undefined) {
  const line = (name, here, there) => {
    const parts = ['fit', 'score'].map((part) => {
      const ratio =
        here[part] === 0 || there[part] < 1e-6 ? '' : ` (${(there[part] / here[part]).toFixed(2)})`;
      return `${part} ${here[part].toFixed(3)} s, ${there[part].toFixed(3)} s there${ratio}`;
    });
    say(`  ${name.padEnd(24)} ${parts.join('   ')}`);
  };
  const sum = (side, part) => beside.reduce((all, one) => all + one[side][part], 0);
  const both = (side) => ({ fit: sum(side, 'fit'), score: sum(side, 'score') });
  say(`pytorch-ood on the same features, ${values.samples} x ${values.units}:`);
  line('all', both('here'), both('there'));
  for (const { method, here, there } of beside) line(method, here, there);
}
if (values.json) process.stdout.write(`${JSON.stringify({ lenet, beside })}\n`);
process.exit(0);
