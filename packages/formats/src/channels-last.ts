/** Images as PyTorch orders them, [count, channels, pixels], as [count, pixels, channels]. Throws RangeError for another length. */
export function channelsLast(
  planar: Uint8Array | Float32Array,
  count: number,
  pixels: number,
  channels: number,
): Uint8Array | Float32Array {
  if (planar.length !== count * channels * pixels)
    throw new RangeError(`${planar.length} values are not ${count} images of ${channels} x ${pixels}`);
  if (channels === 1) return planar;
  const out = planar.slice();
  for (let image = 0; image < count; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (image * channels + channel) * pixels;
      const to = image * channels * pixels + channel;
      for (let pixel = 0; pixel < pixels; pixel++)
        out[to + pixel * channels] = planar[from + pixel] ?? Number.NaN;
    }
  }
  return out;
}
