export { ARCHITECTURES, type Architecture, type ArchitectureName } from './architectures.js';
export { isOverflowImpossible } from './bounded.js';
export { findModel, listModels, type ModelCard, weightsPath } from './bundled-models.js';
export type { Kernels } from './layers/kernels.js';
export { loadModel } from './load-model.js';
export type { DropoutSite, Model, Trace } from './model.js';
export { type ReadWeights, readWeights } from './read-weights.js';
export type { Ops } from './tensors.js';
