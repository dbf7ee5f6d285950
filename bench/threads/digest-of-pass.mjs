// Prints the SHA-256 of LeNet's logits and input gradients on 512 images, and how long the second pass took.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { datasetBlob } from '../../packages/datasets/dist/index.js';
import { executeTask, loadEngine, TaskInputs } from '../../packages/engine/dist/compute.js';

const cacheDir =
  process.env.OODGRID_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ood-grid');
const engine = await loadEngine({ cacheDir, log: (line) => process.stderr.write(`${line}\n`) });
const inputs = new TaskInputs(engine);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
let state = 1;
const images = Uint8Array.from({ length: 512 * 784 }, () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state >>> 24;
});
const blobs = new Map();
const put = (bytes) => {
  const digest = sha256(bytes);
  blobs.set(digest, bytes);
  return digest;
};
const weights = put(readFileSync(new URL('../../models/lenet-fmnist.safetensors', import.meta.url)));
const data = {
  name: 'images',
  images: put(datasetBlob({ images, labels: new Uint8Array(512), shape: [512, 28, 28, 1] })),
};

/** Scores whose last bits show those of the logits (msp) and of the input gradient (a step along it, then msp). */
async function scores(method, candidates) {
  const key = sha256(method);
  const pass = candidates.length === 0 ? 'forward' : 'gradient';
  let got;
  const model = { name: 'lenet', architecture: 'lenet', weights, classes: 10 };
  const task = {
    kind: 'score',
    model,
    data,
    transform: { mean: [0.286], std: [0.353] },
    order: { kind: 'file' },
    from: 0,
    to: 512,
    batch: 512,
    seed: 1,
  };
  await executeTask(
    inputs,
    { ...task, units: [{ key, method, options: {}, fitted: null, candidates, pass }] },
    {
      signal: new AbortController().signal,
      blob: async (digest) => blobs.get(digest),
      putBlob: async (bytes) => put(bytes),
      emit: async (chunk) => {
        got = chunk.data;
      },
      progress: () => undefined,
    },
  );
  return sha256(new Uint8Array(got.buffer));
}

const gradient = [{ magnitude: 0.004, temperature: 1000 }];
await scores('odin', gradient);
const start = performance.now();
const result = { logits: await scores('msp', []), gradients: await scores('odin', gradient) };
process.stdout.write(JSON.stringify({ ...result, milliseconds: performance.now() - start }));
