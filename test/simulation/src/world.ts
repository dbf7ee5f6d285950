import { blobsOf, type JournalRecord } from '@oodgrid/coordinator';
import type { Digest } from '@oodgrid/protocol';
import type { LeaseRef } from '@oodgrid/transport';
import { checkEnd } from './end-checker.js';
import { FaultCounts } from './faults.js';
import { lookAfterRuns } from './membership.js';
import { planMisfortunes } from './misfortunes.js';
import { CLASSES } from './numerics.js';
import { Random } from './random.js';
import type { Rates } from './rates.js';
import { Scheduler } from './scheduler.js';
import { SimulatedCoordinator } from './simulated-coordinator.js';
import { SimulatedQueue } from './simulated-queue.js';
import { makeRun, type SimulatedRun, tasksOf } from './simulated-run.js';
import { SimulatedWorker } from './simulated-worker.js';
import { Violation } from './violation.js';

/** After this nothing new goes wrong, and everything must come to its end. */
export const CALM_AFTER_MS = 8000;
const DEADLINE_MS = 400_000;
const MAX_STEPS = 400_000;

/** What two clusters share: time, and a server of queues. */
type Shared = Pick<World, 'scheduler' | 'queue' | 'faults'>;

/** Coordinator, queue, store and workers in one thread, under simulated time and chance. */
export class World {
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
  readonly #name: string;
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
    this.#name = shared === undefined ? 'a' : 'b';
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
      id: this.#name,
      scheduler,
      random,
      faults,
      queue,
      rates,
      isCalm,
      onEnded,
    });
    const count = random.isTrue(0.4) ? 2 : 1;
    this.runs = Array.from({ length: count }, (_, i) => makeRun(random, `${this.#name}${i}`, rates.move > 0));
    if (shared !== undefined || !random.isTrue(rates.neighbour)) return;
    faults.add('neighbour');
    this.#neighbour = new World(seed ^ 0x2545f491, rates, this);
  }

  /** What the journal holds. */
  get journal(): readonly JournalRecord[] {
    return [...(this.coordinator.store?.records() ?? [])];
  }

  /** Runs the world to its end, or until some moment. Throws Violation. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    const { scheduler } = this;
    this.begin();
    this.#neighbour?.begin();
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

  /** Starts everything that will go on by itself. */
  begin(): void {
    const { scheduler, random } = this;
    this.coordinator.start();
    const count = random.integer(2, 4);
    for (let i = 0; i < count; i++) {
      const numericsClass = CLASSES[i > 0 && random.isTrue(0.3) ? 1 : 0];
      const worker = new SimulatedWorker(this, `w${i}`, random.integer(1, 3), numericsClass);
      // The first one is sound, and does everything where nobody else of its class can.
      worker.isBroken = i === 1 && numericsClass === CLASSES[0] && random.isTrue(this.rates.notFinite);
      this.workers.push(worker);
      scheduler.after(random.between(0, 300), () => worker.start());
    }
    for (const [i, run] of this.runs.entries()) {
      scheduler.after(i === 0 ? 0 : random.between(0, 500), () => this.#submit(run));
      this.#watch(run);
    }
    const tasks = this.runs.reduce((sum, { submitted: { spec } }) => sum + tasksOf(spec), 0);
    // On offer or in hand; as many strays, and once more those of the turn in which there came to be too many.
    this.queue.limit(this.#name, 3 * tasks + 12);
    planMisfortunes(this);
    lookAfterRuns(this);
  }

  /** Whether a lease may still count: an end that is not durable yet may be undone by a crash. */
  isLive({ token }: LeaseRef): boolean {
    return this.coordinator.store?.isEnded(token) !== true;
  }

  /** A client that tries until it is told that the run is kept. */
  #submit(run: SimulatedRun): void {
    const { scheduler, random, coordinator } = this;
    scheduler.after(random.between(500, 1500), () => {
      if (!run.isAcknowledged) this.#submit(run);
    });
    this.#upload(run);
    try {
      coordinator.process?.tell(
        (dispatcher, now) => dispatcher.submit(run.submitted, now),
        (outcome) => {
          if (!('value' in outcome)) return;
          run.isAcknowledged = true;
          const isKept = this.journal.some(
            (record) => record.kind === 'submitted' && record.run === run.submitted.run,
          );
          if (!isKept) throw new Violation('a submission was acknowledged before it was durable');
        },
      );
    } catch (thrown) {
      if (thrown instanceof Violation) throw thrown;
      // The store is being opened again: the client tries later.
    }
  }

  #upload({ submitted: { spec } }: SimulatedRun): void {
    for (const blob of blobsOf(spec)) this.coordinator.upload(blob);
  }

  /** Whoever watches a run that waits for a blob uploads it again. */
  #watch(run: SimulatedRun): void {
    const { scheduler, coordinator } = this;
    scheduler.after(500, () => this.#watch(run));
    const waitsFor = coordinator.ask((dispatcher) => {
      const state = dispatcher.runs.get(run.submitted.run);
      return state === undefined ? '' : dispatcher.waitsFor(state);
    });
    if (waitsFor?.includes('submit the grid again') === true) this.#upload(run);
  }

  /** Where the runs stand, for a failure's message. */
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
