import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataset, type SplitKind } from '@oodgrid/datasets';
import { writeNpz } from '@oodgrid/formats';
import { cliContext } from 'ood-cli';

/** Writes samples [from, to) of a catalog data set as a user's data folder. */
export async function writeSubset(
  folder: string,
  name: string,
  split: SplitKind,
  from: number,
  to: number,
): Promise<void> {
  const context = cliContext([]);
  const { images, labels, shape } = await loadDataset(name, split, {
    ...context,
    signal: new AbortController().signal,
  });
  const [, height, width] = shape;
  mkdirSync(folder, { recursive: true });
  const arrays = new Map([
    [
      'images',
      { shape: [to - from, height, width], data: images.slice(from * height * width, to * height * width) },
    ],
    ['labels', { shape: [to - from], data: labels.slice(from, to) }],
  ]);
  writeFileSync(join(folder, `${split}.npz`), writeNpz(arrays));
}

/**
 * A grid of all seven methods on real images that takes seconds: few samples, few settings. Everything that a
 * grid may give by path is given by path.
 */
export async function writeSmallGrid(folder: string, modelsDir: string): Promise<string> {
  await writeSubset(join(folder, 'clothes'), 'fashion-mnist', 'test', 0, 2100);
  await writeSubset(join(folder, 'clothes'), 'fashion-mnist', 'train', 0, 2000);
  await writeSubset(join(folder, 'digits'), 'mnist-10k', 'test', 0, 1700);
  const weights = (name: string) => join(modelsDir, `${name}.safetensors`);
  const file = join(folder, 'grid.yaml');
  writeFileSync(
    file,
    `name: small
protocol: fssd-paper
models:
  - { name: mine, architecture: lenet, weights: ${weights('lenet-fmnist')} }
pairs:
  - id: { dir: ./clothes, normalisation: { mean: [0.286], std: [0.353] } }
    ood: { dir: ./digits }
methods:
  - baseline
  - { name: odin, magnitudes: [0.004, 0], temperatures: [1, 1000] }
  - { name: mahalanobis, magnitudes: [0.01, 0.005] }
  - { name: deep-ensemble, members: [lenet-fmnist-member0, lenet-fmnist-member1] }
  - { name: mc-dropout, passes: 4 }
  - { name: outlier-exposure, model: { name: oe, architecture: lenet, weights: ${weights('lenet-fmnist-oe')} } }
  - { name: fssd, magnitudes: [0.006, 0], noise: { seed: 42 } }
  - { name: fssd, as: fssd-plain, preprocessing: false, noise: { npz: ${join(modelsDir, 'fss-noise-paper-seed42.npz')} } }
options: { bootstrapReplicates: 100 }
`,
  );
  return file;
}
