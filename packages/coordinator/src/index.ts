export {
  type LeaseKey,
  Ledger,
  type LedgerCommand,
  type LedgerEvent,
  type LedgerTask,
  MAX_FAILURES,
} from './ledger/ledger.js';
export type { Features, Splits } from './merger/features.js';
export type { MergedCell, TestScores } from './merger/merge-cell.js';
export { type Estimate, estimate, shared as taskWork } from './planner/estimate.js';
export type { Plan, PlannedTask } from './planner/plan.js';
export { planGrid } from './planner/plan-grid.js';
export type { ResolvedDataset, ResolvedGrid, ResolvedRow, ResolvedSplit } from './planner/resolved-grid.js';
export { GridRun, type GridRunOptions } from './run/grid-run.js';
export { type MergedRun, mergeRun, type RunFacts } from './run/merge-run.js';
export type { RunEvent } from './run/run-events.js';
export type { RunOutcome } from './run/run-record.js';
export { ScoreCache } from './run/score-cache.js';
