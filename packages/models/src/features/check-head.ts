import type { HeadValues } from './head-file.js';
import { FEATURES, LOGITS, type SplitValues } from './split-file.js';

/** Of logits that a network computed in half precision, to the largest of them. */
const TOLERANCE = 1e-2;

/**
 * Whether logits are features x weight + bias, in float64: a line that names the largest difference where they are not, which is what
 * rows in another order, features from before a dropout, or the head of another network look like.
 */
export function headNotes(
  { path, count, taps }: SplitValues,
  { classes, features, weight, bias }: HeadValues,
): readonly string[] {
  const h = taps.find(({ name }) => name === FEATURES)?.data;
  const z = taps.find(({ name }) => name === LOGITS)?.data;
  if (h === undefined || z === undefined) return [];
  let largest = { difference: 0, row: 0 };
  let size = 0;
  for (let row = 0; row < count; row++) {
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
  if (largest.difference <= TOLERANCE * Math.max(1, size)) return [];
  return [
    `warning: ${path}: logits are not features x weight + bias: they differ by up to ${largest.difference.toPrecision(3)} (row ${largest.row}), the largest logit being ${size.toPrecision(3)}; do features, logits and head belong to one network, in one order?`,
  ];
}
