export { workerEnvironment } from './backend/environment.js';
export { findModel, listModels, type ModelCard, weightsPath } from './catalog/models.js';
export type { Dataset, DecodedSplit, Labels, SplitContent, SplitKind } from './datasets/dataset.js';
export { datasetBlob } from './datasets/dataset-blob.js';
export { loadFolderDataset } from './datasets/folder-dataset.js';
export {
  type DatasetState,
  type LoadedSplit,
  type LoadOptions,
  loadDataset,
  verifyDataset,
} from './datasets/load-dataset.js';
export { findDataset, listDatasets } from './datasets/table.js';
export type { PixelUse } from './datasets/user-pixels.js';
export { METHOD_CARDS, type MethodCard } from './methods/catalog.js';
export { methodPlan } from './methods/method-plan.js';
export { ARCHITECTURES, type Architecture, type ArchitectureName } from './models/architectures.js';
export { type ReadWeights, readWeights } from './models/read-weights.js';
