export { type Architecture, factsOf } from './architectures/architecture.js';
export { findArchitecture, listArchitectures } from './architectures/catalog.js';
export { findModel, listModels, type ModelCard, weightsPath } from './bundled-models.js';
export type { ModelSourceKit, ModelSourceModule } from './kit.js';
export type { Kernels } from './layers/kernels.js';
export { executorBytes } from './memory.js';
export {
  entryOptions,
  entrySource,
  type ModelEntry,
  type ModelReference,
  modelReferenceSchema,
} from './model-reference.js';
export {
  defineModelSource,
  type ModelFiles,
  type ModelSource,
  type ResolveContext,
  type ResolvedModel,
  type SplitFiles,
} from './model-source.js';
export { type PackedModel, packFiles, packModel, unpackFiles, unpackModel } from './packed-model.js';
export { findModelSource, modelSourceModules, modelSources, registerModelSource } from './registry.js';
export { requireModel } from './require-model.js';
export { resolveModel } from './resolve-model.js';
export { identityOf, isSameSource, PLAIN_WEIGHTS, type SourceIdentity } from './source-identity.js';
export { safetensors } from './sources/safetensors.js';
export type { Awaitable, LinearHead, ModelRuntime, TapModel, Taps, Trace } from './tap-model.js';
export { type Ops, shape4 } from './tensors.js';
