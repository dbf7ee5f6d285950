import { type Digest, OodError } from '@oodgrid/contract';
import {
  Coordinator,
  DEFAULT_HEALTH_SETTINGS,
  DEFAULT_LEDGER_SETTINGS,
  type Dispatcher,
  type JournalRecord,
  makeWorkload,
  SyntheticWorkload,
} from '@oodgrid/coordinator';
import type { TaskPublisher } from '@oodgrid/transport';
import { DiskStore, SimulatedDisk, type WriteFate } from './disk-store.js';
import type { FaultCounts } from './faults.js';
import { GrantChecker } from './grant-checker.js';
import { Links } from './links.js';
import type { Random } from './random.js';
import type { Rates } from './rates.js';
import type { Scheduler } from './scheduler.js';
import { SimulatedBlobs } from './simulated-blobs.js';
import type { SimulatedQueue } from './simulated-queue.js';
import { START_OF_TIME } from './simulated-run.js';
import { Violation } from './violation.js';

export interface SimulatedCoordinatorOptions {
  /** Id of its store. */
  readonly id: string;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: FaultCounts;
  readonly queue: SimulatedQueue;
  readonly rates: Rates;
  /** Whether nothing new goes wrong any more. */
  readonly isCalm: () => boolean;
  readonly onEnded: (run: string, result: Digest | null) => void;
}

export const LEASE_MS = 1000;
const SETTINGS = {
  ...DEFAULT_LEDGER_SETTINGS,
  leaseMs: LEASE_MS,
  maxLosses: 1000,
  backoffMs: 100,
  maxBackoffMs: 2000,
  stragglerSamples: 3,
  stragglerMinMs: 300,
  republishMs: 2000,
};
const HEALTH = { ...DEFAULT_HEALTH_SETTINGS, ownMs: 50, maxOwnMs: 800, blameMs: 100, maxBlameMs: 2000 };
const NO_LOSS = { lossProbability: 0, duplicateProbability: 0, reorderProbability: 0 };
const WRITE_CRASHES = [
  ['write-crash-before', 'crash-before'],
  ['write-torn', 'crash-torn'],
  ['write-unsynced', 'crash-unsynced'],
  ['write-crash-after', 'crash-after'],
] as const;

/** The coordinator's machine: its disk, its clock, its connections, and one process after the other. */
export class SimulatedCoordinator {
  readonly links: Links;
  /** Its store of blobs: as durable as the disk, and as fallible. */
  readonly blobs = new SimulatedBlobs();
  readonly #options: SimulatedCoordinatorOptions;
  readonly #disk: SimulatedDisk;
  #store: DiskStore | undefined;
  #coordinator: Coordinator | undefined;
  /** A coordinator of a former generation is dead: nothing of it happens any more. */
  #generation = 0;
  readonly #grants = new GrantChecker();
  #tokens = 0;
  #hadRuns = false;
  /** Milliseconds by which its clock is ahead. */
  skew = 0;
  isDiskFull = false;

  constructor(options: SimulatedCoordinatorOptions) {
    this.#options = options;
    this.#disk = new SimulatedDisk(options.id);
    const { scheduler, random, faults, rates, isCalm } = options;
    this.links = new Links({
      scheduler,
      random,
      faults,
      network: () => (isCalm() ? { ...rates.network, ...NO_LOSS } : rates.network),
      store: () => this.#store,
      onGranted: (lease, worker) => {
        const store = this.#store;
        if (store === undefined) return;
        this.ask((dispatcher) =>
          this.#grants.granted(lease, worker, dispatcher, store, scheduler.now + this.skew),
        );
      },
      generation: () => this.#generation,
      at: (generation) => (generation === this.#generation ? this.#coordinator : undefined),
    });
  }

  /** The durable state; undefined before the first start. */
  get store(): DiskStore | undefined {
    return this.#store;
  }

  /** The durable part of its journal. */
  get journal(): Iterable<JournalRecord> {
    return this.#store?.records() ?? [];
  }

  /** Undefined while its process is down. */
  get process(): Coordinator | undefined {
    return this.#coordinator;
  }

  /** As it tells its workers. */
  get #queueId(): string {
    return this.#store?.id ?? '';
  }

  start(): void {
    const generation = ++this.#generation;
    const { scheduler, random, rates, onEnded } = this.#options;
    this.#disk.crash(() => random.isTrue(0.5));
    const isAlive = () => generation === this.#generation;
    this.#coordinator = new Coordinator({
      environment: {
        now: () => scheduler.now + this.skew,
        wallClock: () => new Date(START_OF_TIME + scheduler.now),
        newToken: () => `t${++this.#tokens}`,
        soon: (work) => {
          scheduler.after(random.between(0.1, 2), () => {
            if (isAlive()) work();
          });
        },
        later: (work, milliseconds) =>
          scheduler.after(milliseconds, () => {
            if (isAlive()) work();
          }),
      },
      // Where tasks fail by chance, anywhere, a run must not end for it.
      ledger: {
        ...SETTINGS,
        maxFailures: rates.taskFailure > 0 ? 1000 : DEFAULT_LEDGER_SETTINGS.maxFailures,
      },
      health: HEALTH,
      gatherMs: 50,
      jitter: (_run, task, attempt) => ((task * 31 + attempt * 17) % 100) / 100,
      openStore: () => {
        this.#store = new DiskStore(this.#disk, () => this.#writeFate());
        return this.#store;
      },
      publisher: rates.queueless > 0 ? null : this.#publisher(isAlive),
      blobs: {
        isThere: (blob) => this.blobs.isThere(blob),
        check: (blob, done) => {
          scheduler.after(random.between(1, 50), () => {
            if (isAlive()) done({ value: this.blobs.verify(blob) });
          });
        },
      },
      makeWorkload,
      compute: (run, _id, results, done) => {
        scheduler.after(random.between(1, 50), () => {
          if (!isAlive()) return;
          if (run.workload instanceof SyntheticWorkload) done({ value: run.workload.choose(results) });
        });
      },
      merge: (run, results, done) => {
        scheduler.after(random.between(1, 50), () => {
          if (!isAlive()) return;
          if (run.workload instanceof SyntheticWorkload) done({ value: run.workload.digest(results) });
        });
      },
      onEvent: (run, event) => {
        if (event.kind !== 'ended') return;
        const ended = this.#coordinator?.read((dispatcher) => dispatcher.runs.get(run)?.ended);
        if (event.status !== 'done')
          throw new Violation(`run ${run} ended as ${event.status}: ${event.problem?.message}`);
        onEnded(run, ended?.result ?? null);
      },
      onStore: () => undefined,
    });
    // Runs that ended while nobody heard of it.
    this.#coordinator.read((dispatcher) => {
      this.#hadRuns = dispatcher.runs.size > 0;
      for (const { id, ended } of dispatcher.runs.values()) if (ended !== null) onEnded(id, ended.result);
    });
  }

  /** The process ends without a word; another one is started after a while. */
  crash(): void {
    if (this.#coordinator === undefined) return;
    const { scheduler, random } = this.#options;
    this.#coordinator = undefined;
    this.#generation++;
    this.links.cutAll();
    scheduler.after(random.between(10, 1500), () => this.start());
  }

  /** Whether it knows such a worker, or waits for it after a restart. `isUp`: its process is there, and will come. */
  expects(workerId: string, isUp: boolean): boolean {
    const isKnown = this.ask(({ workers }) => [...workers].some(({ info }) => info.workerId === workerId));
    return isKnown === true || (this.#hadRuns && isUp);
  }

  /** A client or a worker stores a blob, where the store does not have it whole. */
  upload(blob: Digest): void {
    if (this.#coordinator === undefined || this.blobs.verify(blob)) return;
    this.blobs.put(blob);
    this.#coordinator.blobArrived(blob);
  }

  /** Undefined while the process is down or its store is broken. */
  ask<T>(question: (dispatcher: Dispatcher) => T): T | undefined {
    try {
      return this.#coordinator?.read(question);
    } catch (thrown) {
      if (thrown instanceof OodError) return undefined;
      throw thrown;
    }
  }

  /** Does a user's operation; nothing when the run has not begun or is over, or nobody listens. */
  control(work: (dispatcher: Dispatcher, now: number) => void): void {
    try {
      this.#coordinator?.update(work, () => undefined);
    } catch (thrown) {
      if (!(thrown instanceof OodError)) throw thrown;
    }
  }

  #publisher(isAlive: () => boolean): TaskPublisher {
    const { queue } = this.#options;
    return {
      publish: (message) => {
        if (isAlive()) queue.publish(this.#queueId, message);
      },
      clear: (pool) => {
        if (isAlive()) queue.clear(this.#queueId, pool);
      },
    };
  }

  #writeFate(): WriteFate {
    const { random, rates, faults, isCalm } = this.#options;
    if (this.isDiskFull) return 'full';
    if (isCalm() || !random.isTrue(rates.writeCrash)) return 'whole';
    const [fault, fate] = WRITE_CRASHES[random.integer(0, WRITE_CRASHES.length - 1)] ?? WRITE_CRASHES[0];
    faults.add(fault);
    this.crash();
    return fate;
  }
}
