import { OUTLIER_EXPOSURE, type SyntheticKind } from '../kind.js';

/** Values are 1 with probability .7 before they are blurred. */
const ONES = Math.round(0.7 * 2 ** 32);
const SIGMA = 1.5;
/** Four standard deviations, as SciPy's filter has it. */
const RADIUS = 6;
/** Unit of the blur's weights: with whole numbers the sums over three axes are exact. */
const UNIT = 2 ** 17;

const WEIGHTS = (() => {
  const bell = Float64Array.from({ length: 2 * RADIUS + 1 }, (_, i) =>
    Math.exp(-((i - RADIUS) ** 2) / (2 * SIGMA ** 2)),
  );
  const sum = bell.reduce((a, b) => a + b, 0);
  const weights = bell.map((value) => Math.round((UNIT * value) / sum));
  const rest = UNIT - weights.reduce((a, b) => a + b, 0);
  return weights.map((value, i) => (i === RADIUS ? value + rest : value));
})();

/** Blurs in place along one axis of `length` places that lie `step` apart; beyond the border its value goes on. */
function blur(values: Float64Array, length: number, step: number): void {
  const line = new Float64Array(length + 2 * RADIUS);
  for (let block = 0; block < values.length; block += length * step) {
    for (let start = block; start < block + step; start++) {
      for (let i = 0; i < line.length; i++) {
        const place = Math.min(length - 1, Math.max(0, i - RADIUS));
        line[i] = values[start + place * step] ?? Number.NaN;
      }
      for (let place = 0; place < length; place++) {
        let sum = 0;
        for (let i = 0; i < WEIGHTS.length; i++)
          sum += (WEIGHTS[i] ?? Number.NaN) * (line[place + i] ?? Number.NaN);
        values[start + place * step] = sum;
      }
    }
  }
}

/** Random ones, blurred over rows, columns and channels; what is then below .75 is black. The authors' for CIFAR. */
export const blobs: SyntheticKind = {
  name: 'blobs',
  title: 'Blobs: blurred random ones, black below .75',
  cites: OUTLIER_EXPOSURE,
  changes: false,
  stream: 4,
  prepare:
    ([height, width, channels], draws) =>
    (image, index) => {
      const values = Float64Array.from(draws.ofImage(index, image.length), (word) => (word < ONES ? 1 : 0));
      blur(values, height, width * channels);
      blur(values, width, channels);
      blur(values, channels, 1);
      for (const [i, sum] of values.entries()) {
        const value = sum / UNIT ** 3;
        image[i] = value < 0.75 ? 0 : Math.round(255 * value);
      }
    },
};
