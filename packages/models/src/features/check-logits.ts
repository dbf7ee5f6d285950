import { LOGITS, type SplitValues } from './split-file.js';

/** Of sums of probabilities in half precision. */
const TOLERANCE = 5e-3;

/**
 * A line where the logits of all samples are probabilities or their logarithms. Scores of them are computed all the same, and mean something
 * else: the energy of log-probabilities is 0 for every sample.
 */
export function logitDoubts({ count, taps }: SplitValues): readonly string[] {
  const logits = taps.find(({ name }) => name === LOGITS);
  if (logits === undefined) return [];
  const { data } = logits;
  const classes = data.length / count;
  if (areProbabilities(data, classes, (value) => value)) return [doubt('probabilities')];
  if (areProbabilities(data, classes, Math.exp)) return [doubt('log-probabilities')];
  return [];
}

const doubt = (what: string) =>
  `logits are ${what} (they add up to 1 in every sample): save what the last layer gives, before the softmax`;

function areProbabilities(data: Float32Array, classes: number, toProbability: (value: number) => number) {
  for (let start = 0; start < data.length; start += classes) {
    let sum = 0;
    for (const value of data.subarray(start, start + classes)) {
      const probability = toProbability(value);
      if (!(probability >= 0)) return false;
      sum += probability;
    }
    if (Math.abs(sum - 1) > TOLERANCE) return false;
  }
  return true;
}
