import { join, resolve } from 'node:path';
import type { ResolvedRow } from '@oodgrid/contract';
import {
  datasetBlob,
  type ImageSize,
  readNoiseFile,
  type SplitContent,
  uniformNoise,
} from '@oodgrid/datasets';
import { type NoiseReference, noiseSchema } from '@oodgrid/methods';
import type { BlobStore } from '@oodgrid/transport';

/** Noise images of the paper's code. */
const NOISE_IMAGES = 100;
const PAPER_NOISE = 'fss-noise-paper-seed42.npz';

export interface FitSetSources {
  readonly modelsDir: string;
  readonly baseDir: string;
  readonly blobs: BlobStore;
  /** Height, width and channels that the grid's models take. */
  readonly input: ImageSize;
}

/** Makes the data set that a method brings, as one of its options names it, a blob. */
export async function resolveFitSet(
  reference: unknown,
  sources: FitSetSources,
): Promise<NonNullable<ResolvedRow['fitSet']>> {
  const noise = noiseSchema.parse(reference);
  const content = await noiseOf(noise, sources);
  const images = await sources.blobs.put(datasetBlob(content));
  return { ref: { name: nameOf(noise), images }, count: content.shape[0] };
}

const nameOf = (noise: NoiseReference): string => {
  if (noise === 'paper') return 'noise/paper';
  return 'seed' in noise ? `noise/seed-${noise.seed}` : 'noise/npz';
};

async function noiseOf(noise: NoiseReference, sources: FitSetSources): Promise<SplitContent> {
  const { modelsDir, baseDir, input } = sources;
  if (noise === 'paper')
    return readNoiseFile(join(modelsDir, PAPER_NOISE), input, '; give a seed instead: noise: {seed: 42}');
  if ('npz' in noise) return readNoiseFile(resolve(baseDir, noise.npz), input);
  return uniformNoise(noise.seed, NOISE_IMAGES, input);
}
