import type { HeadValues } from './head-file.js';
import { FEATURES, LOGITS, type SplitValues } from './split-file.js';

/** Of logits that a network computed in half precision, relative to the largest of them. */
const TOLERANCE = 1e-2;
/** Products to compute at most, a second's work: of a larger set rows at equal distances are looked at. */
const MAX_PRODUCTS = 2 ** 28;

interface Largest {
  readonly difference: number;
  readonly row: number;
  /** The largest absolute value of a logit. */
  readonly size: number;
}

const isWithin = ({ difference, size }: Largest): boolean => difference <= TOLERANCE * Math.max(1, size);

/**
 * Whether logits are features x weight' + bias, in float64: a line that names the largest difference where they are not, which is what
 * rows in another order, features from before an activation, or the head of another network look like.
 */
export function headDoubts(values: SplitValues, head: HeadValues): readonly string[] {
  const { count, taps } = values;
  const { classes, features, weight } = head;
  const h = taps.find(({ name }) => name === FEATURES)?.data;
  const z = taps.find(({ name }) => name === LOGITS)?.data;
  if (h === undefined || z === undefined) return [];
  const every = Math.ceil((count * classes * features) / MAX_PRODUCTS);
  const rows = Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every);
  const found = largestDifference(h, z, head, rows);
  if (isWithin(found)) return [];
  const turned = classes === features ? { ...head, weight: transposed(weight, classes) } : undefined;
  const advice =
    turned !== undefined && isWithin(largestDifference(h, z, turned, rows))
      ? 'they are with the weight transposed: save weight.T'
      : 'do features, logits and head belong to one network, samples in one order?';
  const looked = every === 1 ? '' : `, of ${rows.length} samples that were looked at`;
  return [
    `logits are not features x weight + bias: they differ by up to ${found.difference.toPrecision(3)} (sample ${found.row}${looked}), the largest logit being ${found.size.toPrecision(3)} and the tolerance 1 % of it; ${advice}`,
  ];
}

function largestDifference(
  h: Float32Array,
  z: Float32Array,
  { classes, features, weight, bias }: HeadValues,
  rows: readonly number[],
): Largest {
  let largest = { difference: 0, row: 0 };
  let size = 0;
  for (const row of rows) {
    for (let c = 0; c < classes; c++) {
      let logit = bias[c] ?? Number.NaN;
      for (let j = 0; j < features; j++)
        logit += (h[row * features + j] ?? Number.NaN) * (weight[c * features + j] ?? Number.NaN);
      const found = z[row * classes + c] ?? Number.NaN;
      const difference = Math.abs(logit - found);
      size = Math.max(size, Math.abs(found));
      if (!(difference <= largest.difference)) largest = { difference, row };
    }
  }
  return { ...largest, size };
}

const transposed = (weight: Float32Array, side: number): Float32Array =>
  weight.map((_, i) => weight[(i % side) * side + Math.floor(i / side)] ?? Number.NaN);
