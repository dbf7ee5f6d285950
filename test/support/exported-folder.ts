import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NpyArray, writeNpz } from '@oodgrid/formats';
import { NumpyRandomState } from '@oodgrid/stats';

const [D, C] = [8, 4] as const;
const weight = Float32Array.from({ length: C * D }, (_, i) => (Math.floor(i / D) === i % D ? 1 : 0));

export type Arrays = Readonly<Record<string, NpyArray>>;

/** Of `exportedSet`: its first features are its logits. */
export const HEAD = {
  weight: { shape: [C, D], data: weight },
  bias: { shape: [C], data: new Float32Array(C) },
} satisfies Arrays;

/** What a network of 8 features and 4 classes gives: class means at 5 along an axis each for ID, around 0 for OOD. */
export function exportedSet(seed: number, n: number, isId: boolean) {
  const random = new NumpyRandomState(seed).randomSample(n * D);
  const features = Float32Array.from(random, (value, i) => {
    const isOwn = isId && i % D === Math.floor(i / D) % C;
    return value + (isOwn ? 5 : 0);
  });
  const logits = Float32Array.from({ length: n * C }, (_, i) => {
    const [row, c] = [Math.floor(i / C), i % C];
    return features[row * D + c] ?? Number.NaN;
  });
  return {
    features: { shape: [n, D], data: features },
    logits: { shape: [n, C], data: logits },
    labels: { shape: [n], data: Int32Array.from({ length: n }, (_, i) => (isId ? i % C : -1)) },
  } satisfies Arrays;
}

/** Files of arrays by their names, as npz, in a new folder. */
export function writeExported(folder: string, files: Readonly<Record<string, Arrays>>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, arrays] of Object.entries(files))
    writeFileSync(join(folder, `${name}.npz`), writeNpz(new Map(Object.entries(arrays))));
  return folder;
}
