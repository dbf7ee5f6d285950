import { channelsLast } from '@oodgrid/formats';
import { NumpyRandomState } from '@oodgrid/stats';
import type { ImageSize, SplitContent } from '../dataset.js';

/**
 * Uniform bytes 0 to 254 as images [count, height, width, channels]: what numpy's
 * `RandomState(seed).randint(0, 255, shape, dtype=uint8)` returns for PyTorch's shape [count, channels, height, width].
 */
export function uniformNoise(seed: number, count: number, size: ImageSize): SplitContent {
  const [height, width, channels] = size;
  const planar = new NumpyRandomState(seed).randintUint8(255, count * channels * height * width);
  return { images: channelsLast(planar, count, height * width, channels), shape: [count, ...size] };
}
