import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FolderBlobStore } from '@oodgrid/transport';
import { datasetBlob } from '../../packages/datasets/dist/index.js';
import { executeTask, loadEngine, TaskInputs } from '../../packages/engine/dist/compute.js';

// What it saves that models and data sets stay open from task to task: an executor computes a grid of short tasks (max softmax of
// 7 LeNets on two test sets of 10,000 images, four slices of 512 images of each) from a folder of blobs, with nothing kept open and as
// executors do it, round by round in turn. Scores must have the same bits.
const ROUNDS = 5;
const IMAGES = 10_000;
const SLICE = 512;
/** Slices of each set that are computed. */
const SLICES = 4;
const MODELS = ['', '-member0', '-member1', '-member2', '-member3', '-member4', '-oe'];
const isJson = process.argv.includes('--json');

const cacheDir =
  process.env.OODGRID_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ood-grid');
const engine = await loadEngine({ cacheDir, log: (line) => process.stderr.write(`${line}\n`) });
const folder = mkdtempSync(join(tmpdir(), 'oodgrid-warm-'));
const blobs = new FolderBlobStore(folder);

let state = 1;
function randomImages() {
  const images = Uint8Array.from({ length: IMAGES * 784 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return datasetBlob({ images, labels: new Uint8Array(IMAGES), shape: [IMAGES, 28, 28, 1] });
}

async function makeTasks() {
  const weights = (name) =>
    readFileSync(fileURLToPath(new URL(`../../models/lenet-fmnist${name}.safetensors`, import.meta.url)));
  const models = await Promise.all(
    MODELS.map(async (name) => ({
      name: `lenet${name}`,
      architecture: 'lenet',
      classes: 10,
      weights: await blobs.put(weights(name)),
    })),
  );
  const sets = [];
  for (const name of ['id', 'ood']) sets.push({ name, images: await blobs.put(randomImages()) });
  const key = createHash('sha256').update('msp').digest('hex');
  const units = [{ key, method: 'msp', options: {}, fitted: null, candidates: [], pass: 'forward' }];
  return models.flatMap((model) =>
    sets.flatMap((data) =>
      Array.from({ length: SLICES }, (_, i) => ({
        kind: 'score',
        model,
        data,
        transform: { mean: [0.286], std: [0.353] },
        order: { kind: 'file' },
        from: i * SLICE,
        to: (i + 1) * SLICE,
        batch: SLICE,
        seed: 1,
        units,
      })),
    ),
  );
}

/** All tasks, one after the other: seconds, the hash of every score, and what was open. */
async function compute(tasks, limits) {
  const inputs = limits === undefined ? new TaskInputs(engine) : new TaskInputs(engine, limits);
  const hash = createHash('sha256');
  const io = {
    signal: new AbortController().signal,
    blob: (digest) => blobs.get(digest),
    putBlob: (bytes) => blobs.put(bytes),
    emit: async ({ data }) => void hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    progress: () => undefined,
  };
  const start = performance.now();
  for (const task of tasks) await executeTask(inputs, task, io);
  const seconds = (performance.now() - start) / 1000;
  const { models, splits } = inputs.counts;
  inputs[Symbol.dispose]();
  return { seconds, scores: hash.digest('hex'), hits: models.hits + splits.hits };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

try {
  const tasks = await makeTasks();
  const rounds = [];
  // The first round of each warms the engine up.
  for (let round = 0; round <= ROUNDS; round++) {
    const cold = await compute(tasks, { modelBytes: 0, splitBytes: 0 });
    const warm = await compute(tasks);
    if (cold.scores !== warm.scores) throw new Error('scores depend on what was open');
    if (round > 0) rounds.push({ cold: cold.seconds, warm: warm.seconds, hits: warm.hits });
    const line = `round ${round}  ${tasks.length} tasks  nothing open ${cold.seconds.toFixed(2)} s  kept open ${warm.seconds.toFixed(2)} s  ${warm.hits} of ${2 * tasks.length} inputs were open`;
    (isJson ? process.stderr : process.stdout).write(`${line}\n`);
  }
  const ratio = median(rounds.map(({ cold, warm }) => cold / warm));
  const memory = Math.round(process.memoryUsage.rss() / 1024 ** 2);
  (isJson ? process.stderr : process.stdout).write(
    `${ratio.toFixed(2)} times as fast with the same bits, median of ${ROUNDS}; ${memory} MiB resident\n`,
  );
  if (isJson) process.stdout.write(`${JSON.stringify({ ratio, rounds, memory })}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
