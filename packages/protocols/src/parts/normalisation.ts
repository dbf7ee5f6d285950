import { OodError } from '@oodgrid/contract';
import type { Protocol } from '../protocol.js';

/** All images of a pair are normalised as the ID set is. */
export const normalisationOfId: Protocol['normalisation'] = ({ name, normalisation }) => {
  if (normalisation !== undefined) return normalisation;
  throw new OodError('invalid-input', `data set "${name}" has no normalisation and cannot be the ID side`);
};
