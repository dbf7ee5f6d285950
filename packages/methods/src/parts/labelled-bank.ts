import { OodError } from '@oodgrid/contract';
import type { FitContext, Rows, State } from '../method.js';

/** The rows as a bank [rows, d], and the class of each, [rows]. Throws where a label is none of the model's classes. */
export function labelledBank({ rows, columns, data }: Rows, { labels, facts }: FitContext): State {
  const beyond = labels.find((label) => label >= facts.classes);
  if (beyond !== undefined)
    throw new OodError(
      'invalid-input',
      `the train set has label ${beyond}, but the model has ${facts.classes} classes`,
    );
  return {
    bank: { shape: [rows, columns], data },
    labels: { shape: [rows], data: Float32Array.from(labels) },
  };
}
