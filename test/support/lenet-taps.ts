import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workerEnvironment } from '@oodgrid/engine';
import { loadEngine, tf } from '@oodgrid/engine/compute';
import { type NpyArray, openNpz } from '@oodgrid/formats';
import { factsOf, findArchitecture, safetensors } from '@oodgrid/models';
import { cliContext } from 'ood-cli';

const PIXELS = 784;
const BATCH = 512;
export const NORMALISATION = { mean: 0.286, std: 0.353 } as const;

let engine: ReturnType<typeof loadEngine> | undefined;

/** Once in a process, and as executors load it. */
function load() {
  Object.assign(process.env, workerEnvironment());
  return loadEngine({ cacheDir: cliContext([]).cacheDir, log: () => undefined });
}

/** Taps of the bundled FashionMNIST LeNet as a user would export them: labels, features, logits and the head. */
export interface Exported {
  readonly arrays: ReadonlyMap<string, NpyArray>;
  readonly head: ReadonlyMap<string, NpyArray>;
}

/** Of an npz file with `images` [n, 28, 28] and `labels` [n]. The bits are those of a run's executors. */
export async function lenetTaps(modelsDir: string, npz: string): Promise<Exported> {
  engine ??= load();
  const { kernels } = await engine;
  const lenet = findArchitecture('lenet');
  if (lenet === undefined) throw new Error('there is no LeNet');
  const facts = factsOf(lenet, 'lenet', 10);
  const weights = readFileSync(join(modelsDir, 'lenet-fmnist.safetensors'));
  using model = await safetensors.open({ ops: tf, kernels }, facts, { weights }, undefined);
  const archive = openNpz(readFileSync(npz), npz);
  const { shape, data } = archive.read('images');
  const [n = 0] = shape;
  const pixels = Float32Array.from(data, (byte: number | bigint) => {
    const centred = Math.fround(Math.fround(Number(byte) / 255) - Math.fround(NORMALISATION.mean));
    return centred / Math.fround(NORMALISATION.std);
  });
  const parts: Record<string, Float32Array> = {
    [facts.penultimate]: new Float32Array(n * facts.features),
    [facts.logits]: new Float32Array(n * facts.classes),
  };
  for (let from = 0; from < n; from += BATCH) {
    const to = Math.min(n, from + BATCH);
    const images = tf.tensor4d(pixels.slice(from * PIXELS, to * PIXELS), [to - from, 28, 28, 1]);
    const taps = await model.taps(images, new Uint32Array(to - from), Object.keys(parts));
    for (const [name, values] of Object.entries(parts))
      values.set(taps.get(name)?.dataSync<'float32'>() ?? [], (from * values.length) / n);
    tf.dispose([images, ...taps.values()]);
  }
  const labels = archive.read('labels').data;
  const arrays = new Map<string, NpyArray>([
    ['features', { shape: [n, facts.features], data: parts[facts.penultimate] ?? new Float32Array() }],
    ['logits', { shape: [n, facts.classes], data: parts[facts.logits] ?? new Float32Array() }],
    ['labels', { shape: [n], data: labels }],
  ]);
  const { head } = model;
  const weight = head?.weight.dataSync<'float32'>() ?? new Float32Array();
  const bias = head?.bias.dataSync<'float32'>() ?? new Float32Array();
  return {
    arrays,
    head: new Map([
      ['weight', { shape: [facts.classes, facts.features], data: weight }],
      ['bias', { shape: [facts.classes], data: bias }],
    ]),
  };
}
