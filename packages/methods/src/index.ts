export { type MethodOption, needsOf, optionsOf, reference } from './cards.js';
export { METHODS } from './catalog.js';
export { ARITHMETICS, findArithmetic, findMethod } from './find.js';
export type {
  Arithmetic,
  Batch,
  Card,
  Citation,
  Fit,
  FitBatch,
  FitContext,
  Head,
  Method,
  ModelFacts,
  Needs,
  Ops,
  OwnModule,
  Perturbation,
  Probe,
  Rows,
  State,
  Sweep,
} from './method.js';
export { loadMethodModule } from './own/load-method.js';
export { methodPages } from './pages.js';
export { type NoiseReference, noiseSchema } from './parts/noise.js';
export { type Places, planMethod } from './plan-method.js';
