import { OodError, suggestion } from '@oodgrid/contract';
import { type Dataset, findDataset, listDatasets } from '@oodgrid/datasets';

/** Throws `not-found` with a suggestion for a name that the catalog does not have. */
export function datasetOrThrow(name: string): Dataset {
  const dataset = findDataset(name);
  if (dataset !== undefined) return dataset;
  const known = listDatasets().map((one) => one.name);
  throw new OodError('not-found', `unknown data set "${name}"${suggestion(name, known)}`);
}
