export { workerEnvironment } from './backend/environment.js';
export { findModel, listModels, type ModelCard, weightsPath } from './catalog/models.js';
export { METHOD_CARDS, type MethodCard } from './methods/catalog.js';
export { methodPlan } from './methods/method-plan.js';
export { ARCHITECTURES, type Architecture, type ArchitectureName } from './models/architectures.js';
export { type ReadWeights, readWeights } from './models/read-weights.js';
