import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataset } from '@oodgrid/datasets';
import { parseSafetensors, type TensorEntry, writeNpz, writeSafetensors } from '@oodgrid/formats';
import { weightsPath } from '@oodgrid/models';
import { cliContext } from 'ood-cli';

/** Images [n, 28, 28] and labels of a user's folder. */
export interface Samples {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

const PIXELS = 28 * 28;

export async function realSamples(name: string, count: number): Promise<Samples> {
  const { images, labels } = await loadDataset(name, 'test', {
    ...cliContext([]),
    signal: new AbortController().signal,
  });
  return { images: images.slice(0, count * PIXELS), labels: labels.slice(0, count) };
}

export function writeSamples(folder: string, { images, labels }: Samples): void {
  mkdirSync(folder, { recursive: true });
  const arrays = new Map([
    ['images', { shape: [labels.length, 28, 28], data: images }],
    ['labels', { shape: [labels.length], data: labels }],
  ]);
  writeFileSync(join(folder, 'test.npz'), writeNpz(arrays));
}

/** Rows for columns, as an array of another layout is read. */
export const transposed = ({ images, labels }: Samples): Samples => ({
  images: images.map((_, i) => {
    const [row, column] = [Math.floor((i % PIXELS) / 28), i % 28];
    return images[i - (i % PIXELS) + column * 28 + row] ?? 0;
  }),
  labels,
});

/** The samples for which a condition on the label holds. */
export function withLabels({ images, labels }: Samples, isWanted: (label: number) => boolean): Samples {
  const wanted = [...labels.keys()].filter((i) => isWanted(labels[i] ?? 0));
  const kept = new Uint8Array(wanted.length * PIXELS);
  for (const [to, from] of wanted.entries())
    kept.set(images.subarray(from * PIXELS, (from + 1) * PIXELS), to * PIXELS);
  return { images: kept, labels: Uint8Array.from(wanted, (i) => labels[i] ?? 0) };
}

/** The bundled LeNet with its tensors changed. */
export function writeWeights(path: string, change: (name: string, data: Float32Array) => Float32Array): void {
  const bundled = weightsPath(cliContext([]).modelsDir, 'lenet-fmnist');
  const tensors = [...parseSafetensors(readFileSync(bundled), bundled).tensors].map(
    ([name, entry]): [string, TensorEntry] => [
      name,
      entry.data instanceof Float32Array ? { ...entry, data: change(name, entry.data) } : entry,
    ],
  );
  writeFileSync(path, writeSafetensors(new Map(tensors)));
}
