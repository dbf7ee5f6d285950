import type { Digest } from '@oodgrid/contract';
import type { JournalRecord } from '@oodgrid/coordinator';
import type { LeaseRef } from '@oodgrid/transport';
import { boot } from './boot.js';
import { checkEnd } from './end-checker.js';
import { FaultCounts } from './faults.js';
import { Random } from './random.js';
import { CALM_AFTER_MS, type Rates } from './rates.js';
import { Scheduler } from './scheduler.js';
import { SimulatedCoordinator } from './simulated-coordinator.js';
import { SimulatedQueue } from './simulated-queue.js';
import { makeRun, type SimulatedRun } from './simulated-run.js';
import type { SimulatedWorker } from './simulated-worker.js';
import { Violation } from './violation.js';

const DEADLINE_MS = 400_000;
const MAX_STEPS = 400_000;

/** Shared parts of two clusters: time, and a server of queues. */
type Shared = Pick<World, 'scheduler' | 'queue' | 'faults'>;

/** Coordinator, queue, store and workers in one thread, under simulated time and chance. */
export class World {
  /** Of its coordinator's store and queue. */
  readonly id: string;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: FaultCounts;
  readonly rates: Rates;
  readonly queue: SimulatedQueue;
  readonly coordinator: SimulatedCoordinator;
  readonly workers: SimulatedWorker[] = [];
  readonly runs: readonly SimulatedRun[];
  readonly isCalm = () => this.scheduler.now > CALM_AFTER_MS;
  /** Processes of workers that were started. */
  processes = 0;
  readonly #neighbour: World | undefined;
  readonly #digests = new Map<string, Digest | null>();

  constructor(seed: number, rates: Rates, shared?: Shared) {
    const scheduler = shared?.scheduler ?? new Scheduler();
    const faults = shared?.faults ?? new FaultCounts();
    const random = new Random(seed);
    const { isCalm } = this;
    this.scheduler = scheduler;
    this.faults = faults;
    this.random = random;
    this.rates = rates;
    this.id = shared === undefined ? 'a' : 'b';
    const queueFaults = () => ({
      lossProbability: isCalm() ? 0 : rates.hintLoss,
      duplicateProbability: isCalm() ? 0 : rates.hintDuplicate,
    });
    const queue = shared?.queue ?? new SimulatedQueue(scheduler, random, queueFaults, faults);
    this.queue = queue;
    queue.connect({
      onMessage: () => {
        const first = random.integer(0, this.workers.length - 1);
        for (let i = 0; i < this.workers.length; i++) {
          this.workers[(first + i) % this.workers.length]?.lookForWork();
        }
      },
      onReturn: () => this.coordinator.process?.queueReturned(),
    });
    const onEnded = (run: string, result: Digest | null) => this.#digests.set(run, result);
    this.coordinator = new SimulatedCoordinator({
      id: this.id,
      scheduler,
      random,
      faults,
      queue,
      rates,
      isCalm,
      onEnded,
    });
    const count = random.isTrue(0.4) ? 2 : 1;
    this.runs = Array.from({ length: count }, (_, i) => makeRun(random, `${this.id}${i}`, rates.move > 0));
    if (shared !== undefined || !random.isTrue(rates.neighbour)) return;
    faults.add('neighbour');
    this.#neighbour = new World(seed ^ 0x2545f491, rates, this);
  }

  /** The records of the journal. */
  get journal(): readonly JournalRecord[] {
    return [...this.coordinator.journal];
  }

  /** Runs the world to its end, or until some moment. Throws Violation. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    const { scheduler } = this;
    boot(this);
    if (this.#neighbour !== undefined) boot(this.#neighbour);
    let steps = 0;
    while (!this.isOver) {
      if (scheduler.now > untilMs) return;
      if (++steps > MAX_STEPS || scheduler.now > DEADLINE_MS || !scheduler.step()) {
        throw new Violation(
          `no end after ${Math.round(scheduler.now)} ms and ${steps} steps: ${JSON.stringify(this.#standing())}`,
        );
      }
    }
    this.check();
    this.#neighbour?.check();
  }

  get isOver(): boolean {
    return this.#digests.size === this.runs.length && this.#neighbour?.isOver !== false;
  }

  /** Throws Violation. */
  check(): void {
    checkEnd(this.runs, this.journal, this.#digests, this.faults.total);
  }

  /** Whether a lease may still count: an end that is not durable yet may be undone by a crash. */
  isLive({ token }: LeaseRef): boolean {
    return this.coordinator.store?.isEnded(token) !== true;
  }

  /** State of the runs, for a failure's message. */
  #standing(): unknown {
    return this.coordinator.ask((dispatcher) =>
      [...dispatcher.runs.values()].map(({ id, status }) => [
        id,
        status,
        dispatcher.ledger.run(id)?.tasks.counts(),
      ]),
    );
  }
}
