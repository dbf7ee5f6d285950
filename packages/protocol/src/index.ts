export { canonicalJson, digestOfJson } from './canonical-json.js';
export { ERROR_CODES, EXIT_CODES, type ErrorCode, OodError } from './errors.js';
export { type Digest, digestSchema, type RunId, runIdSchema, sha256, type TaskId, taskIdSchema } from './ids.js';
export type { Candidate, MethodPlan, SplitOrder } from './method-plan.js';
export {
  type DataRef,
  dataRefSchema,
  type ModelSpec,
  modelSpecSchema,
  type Order,
  orderSchema,
  type TaskSpec,
  taskSpecSchema,
  type Transform,
  transformSchema,
  type UnitSpec,
  unitSpecSchema,
  type WorkCounts,
  workCountsSchema,
} from './tasks.js';
