/** Images that mean and standard deviation are taken of: enough for three digits. */
const SAMPLE = 2000;

export interface ChannelStatistics {
  readonly mean: number;
  readonly std: number;
}

/**
 * Mean and standard deviation of each channel over evenly spread images, as a normalisation counts them: bytes
 * as shares of 255, floats as they are.
 */
export function pixelStatistics(
  images: Uint8Array | Float32Array,
  [count, height, width, channels]: readonly [number, number, number, number],
): ChannelStatistics[] {
  const scale = images instanceof Uint8Array ? 1 / 255 : 1;
  const size = height * width * channels;
  const step = Math.max(1, Math.floor(count / SAMPLE));
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let pixels = 0;
  for (let image = 0; image < count; image += step) {
    pixels += height * width;
    for (let i = 0; i < size; i++) {
      const value = (images[image * size + i] ?? Number.NaN) * scale;
      const channel = i % channels;
      sums[channel] = (sums[channel] ?? Number.NaN) + value;
      squares[channel] = (squares[channel] ?? Number.NaN) + value * value;
    }
  }
  return Array.from(sums, (sum, channel) => {
    const mean = sum / pixels;
    return { mean, std: Math.sqrt(Math.max(0, (squares[channel] ?? Number.NaN) / pixels - mean ** 2)) };
  });
}
