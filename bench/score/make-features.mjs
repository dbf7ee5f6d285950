import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNpz } from '../../packages/formats/dist/index.js';

/** Numbers around 0 with about the spread of a standard normal, from a linear congruential generator: the same for the same seed. */
function noise(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
}

/**
 * A folder as a network would be exported to: features after a ReLU around class means (ID) or nearer to the origin (OOD), logits and
 * labels, and the head that the logits are of. Returns the same arrays.
 */
export function makeFeatures(folder, { samples, train, units, classes, sets }) {
  const head = noise(1);
  const weight = Float32Array.from({ length: classes * units }, () => head() / Math.sqrt(units));
  const bias = Float32Array.from({ length: classes }, () => head() / 10);
  const split = (seed, count, pull) => {
    const next = noise(seed);
    const labels = Int32Array.from({ length: count }, (_, row) => row % classes);
    const features = new Float32Array(count * units);
    const logits = new Float32Array(count * classes);
    for (let row = 0; row < count; row++) {
      for (let j = 0; j < units; j++)
        features[row * units + j] = Math.max(
          0,
          next() + pull * Math.sqrt(units) * weight[labels[row] * units + j],
        );
      for (let c = 0; c < classes; c++) {
        let sum = bias[c];
        for (let j = 0; j < units; j++) sum += features[row * units + j] * weight[c * units + j];
        logits[row * classes + c] = sum;
      }
    }
    return new Map([
      ['features', { shape: [count, units], data: features }],
      ['logits', { shape: [count, classes], data: logits }],
      ['labels', { shape: [count], data: labels }],
    ]);
  };
  mkdirSync(folder, { recursive: true });
  const write = (name, arrays) => writeFileSync(join(folder, `${name}.npz`), writeNpz(arrays));
  write(
    'head',
    new Map([
      ['weight', { shape: [classes, units], data: weight }],
      ['bias', { shape: [classes], data: bias }],
    ]),
  );
  const ofTrain = split(2, train, 1);
  write('id_train', ofTrain);
  write('id_test', split(3, samples, 1));
  const ood = Array.from({ length: sets }, (_, i) => split(4 + i, samples, i / sets / 2));
  for (const [i, one] of ood.entries()) write(`ood_${i + 1}`, one);
  return { head: { weight, bias }, train: ofTrain, ood };
}
