import { basename } from 'node:path';
import { isVisible, quote, suggestion } from '@oodgrid/contract';
import { SYNTHETIC_KINDS } from '@oodgrid/datasets';
import type { Finding } from './finding.js';
import { type DatasetReference, isFolder, isSynthetic } from './schema.js';

/** Faults of one data set of a grid, wherever it is named. `known`: the names that it may have, and others that may stand there. */
export function* datasetFindings(
  reference: DatasetReference,
  path: readonly PropertyKey[],
  known: readonly string[],
): Generator<Finding> {
  if (typeof reference === 'string' && !known.includes(reference))
    yield { path, message: `unknown data set ${quote(reference)}${suggestion(reference, known)}` };
  if (isFolder(reference) && reference.name === undefined && !isVisible(basename(reference.dir)))
    yield {
      path: [...path, 'dir'],
      message: "the folder's name holds characters that cannot be seen; give the data set a name",
    };
  if (!isSynthetic(reference)) return;
  const { synthetic, of } = reference;
  const changes = SYNTHETIC_KINDS.some((kind) => kind.name === synthetic && kind.changes);
  if (changes && of === undefined)
    yield { path, message: `${quote(synthetic)} changes the images of another set: name it by of` };
  if (!changes && of !== undefined)
    yield {
      path: [...path, 'of'],
      isOfKey: true,
      message: `${quote(synthetic)} draws its own images: take of out`,
    };
  if (of !== undefined) yield* datasetFindings(of, [...path, 'of'], known);
}
