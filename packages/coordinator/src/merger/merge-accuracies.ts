import type { Accuracy, ResultWarning } from '@oodgrid/contract';
import { wilsonInterval } from '@oodgrid/stats';
import type { PlannedAccuracy } from '../planner/plan.js';
import { accuracyWarning } from './accuracy-warning.js';
import { confusionOf } from './confusion.js';
import type { SeriesReader } from './unit-results.js';

/** Returns the accuracy of each model on each ID test set, with a warning where it is suspicious. */
export function mergeAccuracies(
  planned: readonly PlannedAccuracy[],
  reader: SeriesReader,
  cards: Readonly<Record<string, number>>,
): { readonly accuracies: Accuracy[]; readonly warnings: ResultWarning[] } {
  const accuracies: Accuracy[] = [];
  const warnings: ResultWarning[] = [];
  for (const { model, id, classes, series } of planned) {
    const confusion = confusionOf(reader.read(series), classes);
    let correct = 0;
    let samples = 0;
    for (const [key, count] of confusion.counts) {
      samples += count;
      if (key % (classes + 1) === 0) correct += count;
    }
    const cardAccuracy = Object.hasOwn(cards, model) ? (cards[model] ?? null) : null;
    const accuracy = {
      model,
      id,
      accuracy: wilsonInterval(correct, samples),
      correct,
      samples,
      cardAccuracy,
    };
    accuracies.push(accuracy);
    const warning = accuracyWarning(accuracy, confusion);
    if (warning !== undefined) warnings.push(warning);
  }
  return { accuracies, warnings };
}
