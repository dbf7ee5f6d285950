import { HeldCounts } from './held-counts.js';
import {
  centred,
  decisionFunction,
  fitCentred,
  fitLogistic,
  type LabelledFeatures,
  type LogisticFit,
} from './logistic.js';

/** The ten inverse penalties of scikit-learn's `LogisticRegressionCV`: 1e-4 to 1e4, logarithmic. */
export const LOGISTIC_CS: readonly number[] = Array.from({ length: 10 }, (_, i) => 10 ** (-4 + (8 * i) / 9));

const FOLDS = 5;

export interface LogisticCvFit extends LogisticFit {
  readonly c: number;
  /** Validation samples that each C of `LOGISTIC_CS` classified correctly, summed over the folds. */
  readonly correct: readonly number[];
}

/**
 * Logistic regression with C chosen by stratified 5-fold cross-validation without shuffling: the most
 * correct validation samples, the smallest C among ties; then refitted on all samples.
 */
export function fitLogisticCv(data: LabelledFeatures): LogisticCvFit {
  const folds = stratifiedFolds(data.labels, FOLDS);
  const correct = LOGISTIC_CS.map(() => 0);
  for (let fold = 0; fold < FOLDS; fold++) {
    const train = centred(select(data, (row) => folds[row] !== fold));
    const held = select(data, (row) => folds[row] === fold);
    const counts = new HeldCounts(train, held);
    for (const [i, c] of LOGISTIC_CS.entries()) {
      correct[i] += counts.correct(c) ?? countCorrect(held, fitCentred(train, c));
    }
  }
  const c = LOGISTIC_CS[correct.indexOf(Math.max(...correct))];
  return { ...fitLogistic(data, c), c, correct };
}

/**
 * Fold of each sample as scikit-learn's `StratifiedKFold(shuffle=False)` assigns them. Throws RangeError
 * when a class has fewer samples than folds.
 */
export function stratifiedFolds(labels: Uint8Array, folds: number): Uint8Array {
  // Classes are numbered by first appearance, and fold sizes read off the sorted labels dealt round-robin.
  const encoding = [...new Set(labels)];
  const encoded = labels.map((label) => encoding.indexOf(label));
  const sorted = encoded.slice().sort();
  const out = new Uint8Array(labels.length);
  for (const [code, label] of encoding.entries()) {
    const sizes = Array.from({ length: folds }, (_, fold) => {
      let size = 0;
      for (let i = fold; i < sorted.length; i += folds) if (sorted[i] === code) size++;
      return size;
    });
    if (sizes.reduce((a, b) => a + b, 0) < folds) {
      throw new RangeError(`class ${label} has fewer samples than the ${folds} folds`);
    }
    let fold = 0;
    let used = 0;
    for (const [row, value] of encoded.entries()) {
      if (value !== code) continue;
      while (used >= (sizes[fold] ?? Infinity)) {
        fold++;
        used = 0;
      }
      out[row] = fold;
      used++;
    }
  }
  return out;
}

function select({ features, labels }: LabelledFeatures, isIn: (row: number) => boolean): LabelledFeatures {
  const { columns, data } = features;
  const chosen = new Float64Array(data.length);
  const chosenLabels = new Uint8Array(labels.length);
  let rows = 0;
  for (let row = 0; row < labels.length; row++) {
    if (!isIn(row)) continue;
    for (let j = 0; j < columns; j++) chosen[rows * columns + j] = data[row * columns + j];
    chosenLabels[rows++] = labels[row];
  }
  return {
    features: { rows, columns, data: chosen.subarray(0, rows * columns) },
    labels: chosenLabels.subarray(0, rows),
  };
}

function countCorrect({ features, labels }: LabelledFeatures, fit: LogisticFit): number {
  let correct = 0;
  for (const [row, z] of decisionFunction(features, fit).entries())
    if (z > 0 === (labels[row] === 1)) correct++;
  return correct;
}
