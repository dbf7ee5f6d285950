export { findDataset, listDatasets } from './catalog.js';
export type { Dataset, DecodedSplit, ImageSize, Labels, SplitContent, SplitKind } from './dataset.js';
export { datasetBlob, parseSplitBlob } from './dataset-blob.js';
export type { ArrayFile } from './folder/array-file.js';
export { loadFolderDataset } from './folder/folder-dataset.js';
export { npzFile } from './folder/formats/npz.js';
export { safetensorsFile } from './folder/formats/safetensors.js';
export type { PixelUse } from './folder/user-pixels.js';
export {
  type DatasetState,
  type LoadedSplit,
  type LoadOptions,
  loadDataset,
  verifyDataset,
} from './load-dataset.js';
export { readNoiseFile } from './noise/noise-file.js';
export { uniformNoise } from './noise/uniform-noise.js';
export { SYNTHETIC_KINDS } from './synthetic/catalog.js';
export { changedImages, drawnImages } from './synthetic/synthetic-images.js';
