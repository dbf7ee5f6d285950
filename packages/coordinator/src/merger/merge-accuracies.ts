import type { Accuracy, ResultWarning } from '@oodgrid/contract';
import { CALIBRATION_BINS, calibrationError, type Rows, wilsonInterval } from '@oodgrid/stats';
import type { PlannedAccuracy } from '../planner/plan.js';
import { accuracyWarning } from './accuracy-warning.js';
import { confusionOf } from './confusion.js';
import type { SeriesReader } from './unit-results.js';

/** Returns the accuracy of each model on each ID test set, and its calibration where that was planned, with a warning where it is suspicious. */
export function mergeAccuracies(
  planned: readonly PlannedAccuracy[],
  reader: SeriesReader,
  cards: Readonly<Record<string, number>>,
  bootstrap: { readonly seed: number; readonly replicates: number },
): { readonly accuracies: Accuracy[]; readonly warnings: ResultWarning[] } {
  const accuracies: Accuracy[] = [];
  const warnings: ResultWarning[] = [];
  for (const { model, id, classes, series, confidences, isShifted } of planned) {
    const predictions = reader.read(series);
    const confusion = confusionOf(predictions, classes);
    let correct = 0;
    let samples = 0;
    for (const [key, count] of confusion.counts) {
      samples += count;
      if (key % (classes + 1) === 0) correct += count;
    }
    const cardAccuracy = isShifted !== true && Object.hasOwn(cards, model) ? (cards[model] ?? null) : null;
    const accuracy = {
      model,
      id,
      accuracy: wilsonInterval(correct, samples),
      correct,
      samples,
      ...(confidences === undefined
        ? {}
        : { calibration: calibrationOf(predictions, reader.read(confidences), bootstrap) }),
      cardAccuracy,
    };
    accuracies.push(accuracy);
    // Of shifted samples a model may be as wrong as it is.
    const warning = isShifted === true ? undefined : accuracyWarning(accuracy, confusion);
    if (warning !== undefined) warnings.push(warning);
  }
  return { accuracies, warnings };
}

function calibrationOf(
  predictions: Rows,
  { data }: Rows,
  bootstrap: { readonly seed: number; readonly replicates: number },
): NonNullable<Accuracy['calibration']> {
  const isRight = Uint8Array.from(data, (_, row) =>
    predictions.data[2 * row] === predictions.data[2 * row + 1] ? 1 : 0,
  );
  return { ...calibrationError(data, isRight, bootstrap), bins: CALIBRATION_BINS };
}
