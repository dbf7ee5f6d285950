import type { Digest, RunEvent } from '@oodgrid/contract';
import type { TaskPublisher } from '@oodgrid/transport';
import { Ledger } from '../ledger/ledger.js';
import type { LedgerSettings } from '../ledger/ledger-events.js';
import type { ResultReader } from '../store/result-reader.js';
import { BatchBuilder } from './batch.js';
import { BlobRecovery } from './blob-recovery.js';
import { ClassAssignment } from './class-assignment.js';
import { Counters } from './counters.js';
import { FailureHandler } from './failure-handler.js';
import { JournaledLedger } from './journaled-ledger.js';
import { LeaseRequests } from './lease-requests.js';
import { Offers } from './offers.js';
import { RunControl } from './run-control.js';
import { RunProgress } from './run-progress.js';
import { RunRegistry } from './run-registry.js';
import type { RunState, RunStateOptions } from './run-state.js';
import { Stagings } from './stagings.js';
import { Tallies } from './tallies.js';
import { TaskResults } from './task-results.js';
import { TaskSource } from './task-source.js';
import { TooLargeTasks } from './too-large-tasks.js';
import { WaitNotices } from './wait-notices.js';
import { waitReason } from './wait-reason.js';
import { WorkerConnections } from './worker-connections.js';
import { DEFAULT_HEALTH_SETTINGS, type HealthSettings, WorkerHealth } from './worker-health.js';
import { WorkerMessages } from './worker-messages.js';

/** `makeWorkload` plans a run; `wallClock` is for what people read. */
export interface DispatcherOptions extends RunStateOptions {
  readonly ledger: LedgerSettings;
  readonly health?: HealthSettings;
  readonly jitter: (run: string, task: number, attempt: number) => number;
  /** Fencing tokens: never the same twice. */
  readonly newToken: () => string;
  /** Results that are durable. */
  readonly results: ResultReader;
  /** Null where workers ask without hints. */
  readonly publisher: TaskPublisher | null;
  /** Id of the coordinator's own queue, which workers are told where there is a publisher. */
  readonly queue: string;
  /** Milliseconds for which the first worker of an empty cluster waits for others before a numerics class is chosen. */
  readonly gatherMs: number;
  /** Looks whether the store has a blob, and whole; comes back with `blobChecked`. */
  readonly checkBlob: (blob: Digest) => void;
  /** Makes a choice of a run; comes back with `computed`. */
  readonly compute: (run: RunState, id: string) => void;
  /** Merges a run; comes back with `end`. */
  readonly merge: (run: RunState) => void;
  /** Counters to write to; left out: counters of its own. */
  readonly tallies?: Tallies;
  readonly onEvent: (run: string, event: RunEvent) => void;
  /** Told what becomes of a worker, once and whatever runs there are; watchers of runs are told of it by `onEvent`. */
  readonly onWorkerEvent?: ((event: RunEvent) => void) | undefined;
}

/** Workers send a heartbeat three times in a lease: one that missed two of them is silent. */
const SILENT_LEASES = 0.75;

/** Makes the parts of a dispatcher and gives each the others that it uses, as narrow as its options say. */
export function makeParts(options: DispatcherOptions) {
  const { newToken, results, publisher, compute, merge, gatherMs, wallClock, queue } = options;
  const { republishMs, leaseMs } = options.ledger;
  const counters = new Counters();
  const { tallies = new Tallies() } = options;
  const ledger = new Ledger({ settings: options.ledger, jitter: options.jitter });
  const batch = new BatchBuilder(options.onEvent, options.onWorkerEvent);
  const health = new WorkerHealth(options.health ?? DEFAULT_HEALTH_SETTINGS);
  const workers = new WorkerConnections(health);
  const registry = new RunRegistry({ ...options, ledger, batch, counters });
  const stagings = new Stagings(results, batch);
  const journal = new JournaledLedger({ ledger, batch, stagings, registry, workers, tallies });
  const state = { ledger, batch, counters, tallies, health, workers, registry, stagings, journal };
  const progress = new RunProgress({ ...state, compute, merge });
  const blobs = new BlobRecovery({ ...state, check: options.checkBlob });
  const failures = new FailureHandler({ ...state, progress, blobs });
  const tooLarge = new TooLargeTasks(state);
  const source = new TaskSource({ ...state, progress, blobs, tooLarge });
  const offers = new Offers({ ...state, source, publisher, boot: newToken(), republishMs });
  const classes = new ClassAssignment({ ...state, progress, gatherMs, wallClock });
  const parts = { ...state, progress, blobs, failures, tooLarge, source, offers, classes };
  const requests = new LeaseRequests({ ...parts, newToken, silentMs: SILENT_LEASES * leaseMs });
  const taken = new TaskResults({ ...parts, results });
  const ownQueue = publisher === null ? null : queue;
  const messages = new WorkerMessages({ ...parts, requests, results: taken, leaseMs, queue: ownQueue });
  const notices = new WaitNotices({ ...state, reasonOf: (run) => waitReason(parts, run) });
  return { ...parts, requests, messages, notices, control: new RunControl(state) };
}
