import { join, resolve } from 'node:path';
import { describeArrays, openNpz, readRegularFile, writeSafetensors } from '@oodgrid/formats';
import { type NoiseReference, noiseSchema } from '@oodgrid/methods';
import { type Digest, OodError } from '@oodgrid/protocol';
import { NumpyRandomState } from '@oodgrid/stats';
import type { BlobStore } from '@oodgrid/transport';

/** Noise images of the paper's code. */
const NOISE_IMAGES = 100;
const PAPER_NOISE = 'fss-noise-paper-seed42.npz';

export interface NoiseSources {
  readonly modelsDir: string;
  readonly baseDir: string;
  readonly blobs: BlobStore;
  /** Height, width and channels that the grid's models take. */
  readonly input: readonly [height: number, width: number, channels: number];
}

/** Makes noise images, as an option of a method names them, a blob of U8 `images` [n, h, w, c]. */
export async function resolveNoise(
  noise: unknown,
  sources: NoiseSources,
): Promise<{ blob: Digest; count: number }> {
  const { count, planar } = await planarNoise(noiseSchema.parse(noise), sources);
  const [height, width, channels] = sources.input;
  const data = interleave(planar, count, height * width, channels);
  const images = { dtype: 'U8', shape: [count, height, width, channels], data } as const;
  return { blob: await sources.blobs.put(writeSafetensors(new Map([['images', images]]))), count };
}

/** Bytes in PyTorch's order [n, c, h, w]: a seed means `RandomState(seed).randint(0, 255)` as uint8 of that shape. */
async function planarNoise(noise: NoiseReference, { modelsDir, baseDir, input }: NoiseSources) {
  const [height, width, channels] = input;
  if (typeof noise === 'object' && 'seed' in noise) {
    const planar = new NumpyRandomState(noise.seed).randintUint8(
      255,
      NOISE_IMAGES * channels * height * width,
    );
    return { count: NOISE_IMAGES, planar };
  }
  const path = noise === 'paper' ? join(modelsDir, PAPER_NOISE) : resolve(baseDir, noise.npz);
  const bytes = await readRegularFile(path);
  if (bytes === undefined)
    throw new OodError('not-found', `${path}: the noise images could not be read: there is no such file`);
  const archive = openNpz(bytes, path);
  // What else the archive holds is not looked at.
  const key = archive.keys.includes('noise_uint8') ? 'noise_uint8' : archive.keys.at(-1);
  const isClear = key === 'noise_uint8' || archive.keys.length === 1;
  const refuse = (): never => {
    const hint = noise === 'paper' ? '; give a seed instead: noise: {seed: 42}' : '';
    throw new OodError(
      'invalid-input',
      `${path}: expected one uint8 array [n, ${channels}, ${height}, ${width}] (or one named "noise_uint8"), found ${describeArrays(archive.list())}${hint}`,
    );
  };
  if (key === undefined || !isClear) return refuse();
  const { shape, data } = archive.read(key, ({ dtype, shape: [n, ...image] }) => {
    if (dtype !== 'uint8' || n === 0 || image.join() !== [channels, height, width].join()) refuse();
  });
  return data instanceof Uint8Array ? { count: shape[0] ?? 0, planar: data } : refuse();
}

/** [n, c, pixels] to [n, pixels, c]. */
function interleave(planar: Uint8Array, count: number, pixels: number, channels: number): Uint8Array {
  const out = new Uint8Array(planar.length);
  for (let image = 0; image < count; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (image * channels + channel) * pixels;
      for (let i = 0; i < pixels; i++) out[(image * pixels + i) * channels + channel] = planar[from + i] ?? 0;
    }
  }
  return out;
}
