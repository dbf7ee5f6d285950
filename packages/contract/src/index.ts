export { canonicalJson, digestOfJson } from './canonical-json.js';
export { linkOf, type Reference, type ReferenceUse, type Work, workSchema } from './citation.js';
export { didYouMean, suggestion } from './did-you-mean.js';
export { ERROR_CODES, type ErrorCode, EXIT_CODES, OodError } from './errors.js';
export type { ChosenOn, GroupMember, TrainingSeeds } from './evaluation.js';
export {
  type Digest,
  digestSchema,
  isDigest,
  isRunId,
  type RunId,
  runIdSchema,
  sha256,
} from './ids.js';
export type { Log, LogFields } from './log.js';
export {
  type Candidate,
  GIVEN_SCORES,
  MAX_SOFTMAX,
  type MethodPlan,
  type Pass,
  type PassCounts,
  PREDICTIONS,
  type SplitOrder,
} from './method-plan.js';
export {
  type CellMetric,
  type IntervalKind,
  type MetricSpec,
  metricSpecSchema,
  RANKED_BY,
} from './metric-specs.js';
export type { ModelFacts, ModelMemory } from './model-facts.js';
export { type ResultsReader, readResults, readResultsHeader } from './read-results.js';
export type { ResolvedDataset, ResolvedGrid, ResolvedRow, ResolvedSplit } from './resolved-grid.js';
export {
  type Accuracy,
  type Cell,
  type Comparison,
  comparisonsSchema,
  type Environment,
  type GroupMean,
  metricOf,
  RESULTS_SCHEMA,
  type Results,
  type ResultsHeader,
  resultsSchema,
} from './results.js';
export { decodeRunEvent, encodeRunEvent, type RunEvent } from './run-event.js';
export { type GridSpec, parseRunSpec, type RunSpec } from './run-spec.js';
export type { SyntheticSpec, SyntheticTask } from './synthetic.js';
export {
  blobsOfModel,
  type DataRef,
  type ModelSpec,
  type Normalisation,
  type Order,
  type TaskSpec,
  type Transform,
  taskSpecSchema,
  type UnitSpec,
  type WorkCounts,
  workCountsSchema,
} from './tasks.js';
export { importUserModule, type UserModule } from './user-module/import-user-module.js';
export { moduleFault, moduleName, placeIn } from './user-module/module-fault.js';
export { visibleName } from './visible-name.js';
export { isVisible, quote, visible, visibleJson, visibleLines } from './visible-text.js';
export {
  bySeverity,
  type ResultWarning,
  WARNING_CODES,
  type WarningCode,
  warningSchema,
} from './warnings.js';
export { type WorkSpec, workSpecSchema } from './work-spec.js';
