export { findDataset, listDatasets } from './catalog.js';
export type { Dataset, DecodedSplit, Labels, SplitContent, SplitKind } from './dataset.js';
export { datasetBlob, parseSplitBlob } from './dataset-blob.js';
export { loadFolderDataset } from './folder/folder-dataset.js';
export type { PixelUse } from './folder/user-pixels.js';
export {
  type DatasetState,
  type LoadedSplit,
  type LoadOptions,
  loadDataset,
  verifyDataset,
} from './load-dataset.js';
