import { OodError } from '@oodgrid/contract';
import type { ModelValues } from './split-values.js';

type Labels = Uint8Array | Int32Array;

/** Of whom the labels are that others must equal, for messages. */
interface Labelled {
  readonly owner: string;
  readonly labels: Labels;
}

/**
 * Throws `invalid-input` where models bring values of other numbers of samples, or of samples with other labels, than `first` or one
 * another: they are then not of one data set, or not in one order. `title`: the split's, for messages.
 */
export function requireSameSamples(
  title: string,
  values: readonly ModelValues[],
  first: Labelled | undefined,
): void {
  const [one] = values;
  for (const { model, count } of values)
    if (one !== undefined && count !== one.count)
      throw new OodError(
        'invalid-input',
        `${title}: model "${model}" has values of ${count} samples, model "${one.model}" of ${one.count}; export all models over the same samples, in the same order`,
      );
  let known = first;
  for (const { model, labels } of values) {
    if (labels === undefined) continue;
    const owner = `model "${model}"`;
    if (known !== undefined) requireEqual(title, known, { owner, labels });
    known ??= { owner, labels };
  }
}

function requireEqual(title: string, known: Labelled, found: Labelled): void {
  const row = found.labels.findIndex((label: number, i: number) => label !== known.labels[i]);
  if (row < 0) return;
  throw new OodError(
    'invalid-input',
    `${title}: the labels of ${found.owner} are not those of ${known.owner}: sample ${row} has ${found.labels[row]}, there ${known.labels[row]}; are the samples the same, in the same order?`,
  );
}
