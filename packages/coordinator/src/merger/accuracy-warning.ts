import type { Accuracy, ResultWarning } from '@oodgrid/contract';
import type { Confusion } from './confusion.js';

/** Points below the card's accuracy that rounding and another decoder of the images may explain. */
const CARD_TOLERANCE = 0.01;
/** A model that is wrong more often than right is no classifier of this data set. */
const LOW = 0.5;

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

/** Returns a warning about a model's accuracy on an ID test set, if there is reason for one: of several, the gravest. */
export function accuracyWarning(measured: Accuracy, confusion: Confusion): ResultWarning | undefined {
  const { model, id, accuracy, cardAccuracy, samples } = measured;
  const place = { model, id, split: 'test' as const };
  const found = `model "${model}" classifies ${percent(accuracy.value)} of the ${samples} test samples of "${id}" correctly`;
  const chance = 1 / confusion.classes;
  const serious = (code: ResultWarning['code'], message: string): ResultWarning => ({
    code,
    severity: 'serious',
    message: `${message}. ${causeOf(measured, confusion)}`,
    place,
  });
  if (accuracy.low <= chance)
    return serious('accuracy-at-chance', `${found}: no better than guessing (${percent(chance)})`);
  if (cardAccuracy !== null && accuracy.high < cardAccuracy - CARD_TOLERANCE)
    return serious('accuracy-below-card', `${found}: its card says ${percent(cardAccuracy)}`);
  if (accuracy.value < LOW) return serious('accuracy-low', `${found}: too few for a model of this data set`);
  return undefined;
}

function causeOf({ accuracy, samples }: Accuracy, confusion: Confusion): string {
  const renamed = bestRenaming(confusion);
  if (renamed.correct / samples < Math.max(LOW, accuracy.value + 0.2)) {
    return 'Check that weights, normalisation, orientation of the images and labels are those that the model was trained with, and that labels are in the order of the samples';
  }
  const share = percent(renamed.correct / samples);
  const pairs = [...renamed.labelOf];
  if (pairs.every(([predicted, label]) => label === predicted + 1))
    return `The labels start at 1: counted from 0, ${share} are correct`;
  const examples = pairs
    .filter(([predicted, label]) => predicted !== label)
    .slice(0, 3)
    .map(([predicted, label]) => `${predicted} for label ${label}`);
  return `The classes are in another order than the labels (it predicts ${examples.join(', ')}): put in order, ${share} are correct`;
}

interface Renaming {
  readonly labelOf: ReadonlyMap<number, number>;
  readonly correct: number;
}

/** One label for each predicted class, the most frequent pairs first. */
function bestRenaming({ classes, counts }: Confusion): Renaming {
  const labelOf = new Map<number, number>();
  const taken = new Set<number>();
  let correct = 0;
  for (const [key, count] of [...counts].sort(([a, n], [b, m]) => m - n || a - b)) {
    const predicted = key % classes;
    const label = Math.floor(key / classes);
    if (labelOf.has(predicted) || taken.has(label)) continue;
    labelOf.set(predicted, label);
    taken.add(label);
    correct += count;
  }
  return { labelOf: new Map([...labelOf].sort(([a], [b]) => a - b)), correct };
}
