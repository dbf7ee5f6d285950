import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FolderBlobStore } from '@oodgrid/transport';
import { datasetBlob } from '../../packages/datasets/dist/index.js';
import { executeTask, TaskInputs } from '../../packages/engine/dist/compute.js';
import { median, secondsSince } from './clock.mjs';
import { forwardMethods } from './methods.mjs';

const IMAGES = 4096;
const BATCH = 512;

/** Blurred random images: smooth enough that units fire. */
function images(seed) {
  let state = seed;
  const patches = Uint8Array.from({ length: IMAGES * 49 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  const data = Uint8Array.from({ length: IMAGES * 784 }, (_, i) => {
    const [image, row, column] = [Math.floor(i / 784), Math.floor((i % 784) / 28), i % 28];
    return patches[image * 49 + Math.floor(row / 4) * 7 + Math.floor(column / 4)];
  });
  const labels = Uint8Array.from({ length: IMAGES }, (_, i) => i % 10);
  return datasetBlob({ images: data, labels, shape: [IMAGES, 28, 28, 1] });
}

/**
 * Processor seconds of LeNet over IMAGES images with max softmax alone, with all methods of linear cost, and with each heavier one beside max softmax;
 * every method at its defaults with every setting of its sweep, fitted before on as many. Processor time, which other load on the
 * machine hardly changes; medians of rounds that take turns.
 */
export async function onLenet(engine, rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'oodgrid-all-methods-'));
  const inputs = new TaskInputs(engine);
  try {
    const blobs = new FolderBlobStore(folder);
    const weights = fileURLToPath(new URL('../../models/lenet-fmnist.safetensors', import.meta.url));
    const model = {
      name: 'lenet',
      architecture: 'lenet',
      classes: 10,
      weights: await blobs.put(readFileSync(weights)),
    };
    const sets = { train: await blobs.put(images(1)), test: await blobs.put(images(2)) };
    const run = async (kind, set, units) => {
      const io = {
        signal: new AbortController().signal,
        blob: (digest) => blobs.get(digest),
        putBlob: (bytes) => blobs.put(bytes),
        emit: async () => undefined,
        progress: () => undefined,
      };
      const data = { name: set, images: sets[set] };
      const spec = { kind, model, data, transform: { mean: [0.286], std: [0.353] }, order: { kind: 'file' } };
      const start = process.cpuUsage();
      const outcome = await executeTask(
        inputs,
        { ...spec, from: 0, to: IMAGES, batch: BATCH, seed: 1, units },
        io,
      );
      return { seconds: secondsSince(start), outcome };
    };
    const unitOf = ({ name, plan }, fitted) => ({
      key: createHash('sha256').update(name).digest('hex'),
      method: name,
      options: plan.options,
      candidates: plan.candidates,
      pass: plan.pass,
      fitted,
    });
    const all = forwardMethods();
    const toFit = all
      .filter(({ plan }) => plan.fit !== 'none')
      .map((one) => ({ ...unitOf(one, null), candidates: [] }));
    const { outcome } = await run('fit', 'train', toFit);
    const fitted = new Map(outcome.fitted.map(({ key, blob }) => [key, blob]));
    const methods = all.map((one) => ({
      ...one,
      unit: unitOf(one, fitted.get(unitOf(one, null).key) ?? null),
    }));
    const msp = methods.find(({ name }) => name === 'msp').unit;
    const linear = methods.filter(({ isLinear }) => isLinear);
    const heavier = methods.filter(({ isLinear }) => !isLinear);
    const tasks = [[msp], linear.map(({ unit }) => unit), ...heavier.map(({ unit }) => [msp, unit])];
    const times = tasks.map(() => []);
    // The first round warms up.
    for (let round = 0; round <= rounds; round++)
      for (const [i, units] of tasks.entries()) {
        const { seconds } = await run('score', 'test', units);
        if (round > 0) times[i].push(seconds);
      }
    const [alone, together, ...rest] = times.map(median);
    return {
      images: IMAGES,
      mspSeconds: alone,
      linear: { methods: linear.map(({ name }) => name), seconds: together, ratio: together / alone },
      heavier: heavier.map(({ name, cost }, i) => ({ method: name, cost, ratio: rest[i] / alone })),
    };
  } finally {
    inputs[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}
