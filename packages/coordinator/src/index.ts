export { type Insecure, SECURE } from './access/exposure.js';
export { DEFAULT_TOKEN_DAYS, type KnownToken, MAX_TOKEN_DAYS, TokenStore } from './access/token-store.js';
export { type BackedUp, backUpStore } from './backup/back-up-store.js';
export { type Restored, restoreStore } from './backup/restore-store.js';
export { blobsOf } from './cluster/required-blobs.js';
export {
  type Cluster,
  type ClusterOptions,
  serveCluster,
  storeId,
  tokensPath,
} from './cluster/serve-cluster.js';
export { Coordinator } from './coordinator.js';
export type { CoordinatorOptions, Done, Environment } from './coordinator-options.js';
export { BlobRecovery } from './dispatch/blob-recovery.js';
export { Dispatcher } from './dispatch/dispatcher.js';
export { FailureHandler } from './dispatch/failure-handler.js';
export type { RunState } from './dispatch/run-state.js';
export { compactJournal } from './dispatch/snapshot.js';
export { Staging } from './dispatch/staging.js';
export { WorkerConnections } from './dispatch/worker-connections.js';
export { DEFAULT_HEALTH_SETTINGS, WorkerHealth } from './dispatch/worker-health.js';
export { hashJitter } from './jitter.js';
export { Ledger } from './ledger/ledger.js';
export {
  DEFAULT_LEDGER_SETTINGS,
  type LedgerEvent,
  type LedgerSettings,
  type Offer,
} from './ledger/ledger-events.js';
export { PoolIndex } from './ledger/pool-index.js';
export type { LedgerTask } from './ledger/task-table.js';
export { type MergeOptions, mergeGridRun } from './merge-grid-run.js';
export type { Features, Splits } from './merger/features.js';
export type { MergedCell, TestScores } from './merger/merge-cell.js';
export { type MergedPart, readMergedRun } from './merger/merged-run-codec.js';
export { nodeEnvironment } from './node-environment.js';
export { onSettled } from './on-settled.js';
export { type Estimate, estimate, shared as taskWork } from './planner/estimate.js';
export type { Plan, PlannedTask } from './planner/plan.js';
export { planGrid } from './planner/plan-grid.js';
export type { JournalRecord, SubmittedRecord } from './store/journal-record.js';
export type { ResultReader, UnitResult } from './store/result-reader.js';
export { areScoresDamaged, openScoreCache, setScoresAside } from './store/score-cache.js';
export { SqliteStore } from './store/sqlite-store.js';
export type { StagedChunk, Store, StoreBatch } from './store/store.js';
export { chooseInThread } from './threads/choose-in-thread.js';
export { ThreadPool } from './threads/thread-pool.js';
export { GridWorkload } from './workload/grid-workload.js';
export { makeGridWorkload, makeWorkload } from './workload/make-workload.js';
export { reusableUnits } from './workload/reusable-units.js';
export { SyntheticWorkload } from './workload/synthetic-workload.js';
export type { Workload } from './workload/workload.js';
