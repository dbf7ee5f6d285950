import { OodError } from '@oodgrid/contract';
import type { PixelUse } from '@oodgrid/datasets';
import { isFolder } from '@oodgrid/grid';
import type { ReferredDatasets } from './data-set-references.js';

/**
 * Returns the use of a data set's values by the pairs of a grid: those with `normalisation: none` on the ID side as floats that the model
 * takes as they are, the others as bytes.
 */
export function pixelUse({ pairs, datasets, validation, shifted }: ReferredDatasets, name: string): PixelUse {
  const floats = new Set(
    datasets
      .filter(({ reference }) => isFolder(reference) && reference.normalisation === 'none')
      .map((dataset) => dataset.name),
  );
  const uses = new Set(
    pairs
      .filter(({ id, ood }) => id === name || ood === name || validation === name || shifted.includes(name))
      .map(({ id }): PixelUse => (floats.has(id) ? 'floats' : 'bytes')),
  );
  if (uses.size > 1) {
    throw new OodError(
      'invalid-input',
      `data set ${JSON.stringify(name)} is in a pair with normalisation: none, which uses floats as they are, and in one whose ID side has a normalisation, which uses bytes; give it once for each, under two names`,
    );
  }
  return uses.has('floats') ? 'floats' : 'bytes';
}
