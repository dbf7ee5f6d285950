export { blobsOf } from './cluster/required-blobs.js';
export { type Cluster, type ClusterOptions, serveCluster } from './cluster/serve-cluster.js';
export { Coordinator, type CoordinatorOptions, type Done, type Surroundings } from './coordinator.js';
export { BlobDesk } from './dispatch/blob-desk.js';
export { Dispatcher } from './dispatch/dispatcher.js';
export { FailureDesk } from './dispatch/failure-desk.js';
export type { RunEvent } from './dispatch/run-events.js';
export type { RunState } from './dispatch/run-state.js';
export { compactJournal } from './dispatch/snapshot.js';
export { Staging } from './dispatch/staging.js';
export { WorkerBook } from './dispatch/worker-book.js';
export { DEFAULT_HEALTH_SETTINGS, WorkerHealth } from './dispatch/worker-health.js';
export { hashJitter } from './jitter.js';
export { Ledger } from './ledger/ledger.js';
export {
  DEFAULT_LEDGER_SETTINGS,
  type LedgerCommand,
  type LedgerEvent,
  type LedgerSettings,
  type Offer,
} from './ledger/ledger-events.js';
export { PoolBook } from './ledger/pool-book.js';
export type { LedgerTask } from './ledger/task-table.js';
export { type MergeOptions, mergeGridRun } from './merge-grid-run.js';
export type { Features, Splits } from './merger/features.js';
export type { MergedCell, TestScores } from './merger/merge-cell.js';
export { type MergedPart, type ResultsHeader, readMergedRun } from './merger/merged-run-codec.js';
export { nodeSurroundings } from './node-surroundings.js';
export { type Estimate, estimate, shared as taskWork } from './planner/estimate.js';
export type { Plan, PlannedTask } from './planner/plan.js';
export { planGrid } from './planner/plan-grid.js';
export { settled } from './settled.js';
export type { JournalRecord, SubmittedRecord } from './store/journal-record.js';
export type { ResultReader, UnitResult } from './store/result-reader.js';
export { areScoresDamaged, openScoreCache, setScoresAside } from './store/score-cache.js';
export { SqliteStore } from './store/sqlite-store.js';
export type { StagedChunk, Store, StoreBatch } from './store/store.js';
export { chooseInThread } from './threads/choose-in-thread.js';
export { ThreadPool } from './threads/thread-pool.js';
export { GridWorkload } from './workload/grid-workload.js';
export { makeWorkload } from './workload/make-workload.js';
export { reusableUnits } from './workload/reusable-units.js';
export { SyntheticWorkload } from './workload/synthetic-workload.js';
export type { Workload } from './workload/workload.js';
