import {
  Coordinator,
  DEFAULT_LEDGER_SETTINGS,
  type Dispatcher,
  type JournalRecord,
  makeWorkload,
  type SubmittedRecord,
  type SyntheticSpec,
  SyntheticWorkload,
  type UnitResult,
} from '@oodgrid/coordinator';
import { type Digest, OodError } from '@oodgrid/protocol';
import type {
  CoordinatorMessage,
  LeaseRef,
  Registration,
  WorkerMessage,
  WorkerPeer,
} from '@oodgrid/transport';
import { syntheticDigest, syntheticRows } from '@oodgrid/worker';
import { DiskStore, SimulatedDisk, type WriteFate } from './disk-store.js';
import { FaultCounts } from './faults.js';
import { Channel, type NetworkFaults } from './network.js';
import { Random } from './random.js';
import { Scheduler } from './scheduler.js';
import { SimulatedQueue } from './simulated-queue.js';
import { type SimulatedLink, SimulatedWorker } from './simulated-worker.js';

/** How often what goes wrong, per second of simulated time or per event; all 0 in an undisturbed world. */
export interface Rates {
  readonly network: NetworkFaults;
  readonly hintLoss: number;
  readonly hintDuplicate: number;
  readonly queueRestart: number;
  readonly linkCut: number;
  readonly partition: number;
  readonly workerCrash: number;
  readonly workerFreeze: number;
  readonly taskFailure: number;
  readonly straggler: number;
  readonly coordinatorCrash: number;
  readonly writeCrash: number;
  readonly diskFull: number;
  readonly clockJump: number;
  readonly pause: number;
}

/** A rule of the system was broken. */
export class Violation extends Error {}

const LEASE_MS = 1000;
/** After this nothing new goes wrong, and everything must come to its end. */
const CALM_AFTER_MS = 8000;
const DEADLINE_MS = 400_000;
const MAX_STEPS = 400_000;
const START_OF_TIME = Date.UTC(2026, 0, 1);
const NO_REPORT = {
  work: { images: 0, forwards: 0, gradients: 0 },
  seconds: 0,
  reusedUnits: 0,
  isReused: false,
};

interface SimulatedRun {
  readonly submitted: SubmittedRecord;
  readonly expected: Digest;
  isAcknowledged: boolean;
}

/** Coordinator, queue, store and workers in one thread, under simulated time and chance. */
export class World {
  readonly scheduler = new Scheduler();
  readonly random: Random;
  readonly faults = new FaultCounts();
  readonly queue: SimulatedQueue;
  readonly leaseMs = LEASE_MS;
  readonly #rates: Rates;
  readonly #disk = new SimulatedDisk();
  readonly #workers: SimulatedWorker[] = [];
  readonly #runs: SimulatedRun[];
  readonly #links = new Set<() => void>();
  #store: DiskStore | undefined;
  #coordinator: Coordinator | undefined;
  /** A coordinator of a former generation is dead: nothing of it happens any more. */
  #generation = 0;
  #tokens = 0;
  #skew = 0;
  #isFull = false;
  #isPartitioned = false;
  readonly #ended = new Map<string, Digest | null>();

  constructor(seed: number, rates: Rates) {
    this.random = new Random(seed);
    this.#rates = rates;
    this.queue = new SimulatedQueue(
      this.scheduler,
      this.random,
      () => ({
        lossProbability: this.#isCalm ? 0 : rates.hintLoss,
        duplicateProbability: this.#isCalm ? 0 : rates.hintDuplicate,
      }),
      this.faults,
    );
    this.queue.onMessage = () => {
      const first = this.random.integer(0, this.#workers.length - 1);
      for (let i = 0; i < this.#workers.length; i++) {
        this.#workers[(first + i) % this.#workers.length]?.lookForWork();
      }
    };
    const count = this.random.isTrue(0.4) ? 2 : 1;
    this.#runs = Array.from({ length: count }, (_, i) => makeRun(this.random, i));
  }

  /** Rates of what befalls tasks; nothing once it is calm. */
  get rates(): { readonly straggler: number; readonly taskFailure: number } {
    return this.#isCalm ? { straggler: 0, taskFailure: 0 } : this.#rates;
  }

  /** What the journal holds. */
  get journal(): readonly JournalRecord[] {
    return [...(this.#store?.records() ?? [])];
  }

  /** Runs the world to its end, or until some moment. Throws Violation. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    this.#startCoordinator();
    const workers = this.random.integer(2, 4);
    for (let i = 0; i < workers; i++) {
      const worker = new SimulatedWorker(this, `w${i}`, this.random.integer(1, 3));
      this.#workers.push(worker);
      this.scheduler.after(this.random.between(0, 300), () => worker.start());
    }
    for (const [i, run] of this.#runs.entries()) {
      this.scheduler.after(i === 0 ? 0 : this.random.between(0, 500), () => this.#submit(run));
    }
    this.#plan();
    let steps = 0;
    while (this.#ended.size < this.#runs.length) {
      if (this.scheduler.now > untilMs) return;
      if (++steps > MAX_STEPS || this.scheduler.now > DEADLINE_MS || !this.scheduler.step()) {
        throw new Violation(
          `no end after ${Math.round(this.scheduler.now)} ms and ${steps} steps: ${JSON.stringify(this.#standing())}`,
        );
      }
    }
    this.#checkEnd();
  }

  /** Whether a lease may still count: an end that is not durable yet may be undone by a crash. */
  isLive({ token }: LeaseRef): boolean {
    return this.#store?.isEnded(token) !== true;
  }

  /** A worker opens a connection; both sides learn of its end, each in its time. */
  connect(
    registration: Registration,
    handler: { receive(message: CoordinatorMessage): void; closed(): void },
  ): SimulatedLink {
    const { scheduler, random } = this;
    const generation = this.#generation;
    const network = this.#isCalm ? { ...this.#rates.network, ...NO_LOSS } : this.#rates.network;
    const onFault = () => this.faults.add('message-lost');
    const down = new Channel<CoordinatorMessage>(scheduler, random, network, handler.receive, onFault);
    let isOpen = true;
    let isRegistered = false;
    const checker = new AckChecker(() => this.#store);
    const cut = () => {
      if (!isOpen) return;
      isOpen = false;
      this.#links.delete(cut);
      down.close();
      up.close();
      scheduler.after(random.between(0.1, 20), handler.closed);
      if (isRegistered) {
        // A dead host is noticed late, or only by its leases.
        scheduler.after(random.between(0.1, 2000), () => this.#at(generation)?.disconnected(peer));
      }
    };
    const peer: WorkerPeer = {
      send: (message) => {
        if (generation !== this.#generation || !isOpen) return;
        checker.sent(message);
        // Only what has a number, or is asked for again, may be lost by itself; else the stream breaks.
        down.send(message, false);
      },
      close: () => cut(),
    };
    const up = new Channel<WorkerMessage>(
      scheduler,
      random,
      network,
      (message) => {
        const coordinator = this.#at(generation);
        if (coordinator === undefined) return cut();
        if (message.kind === 'reliable') checker.received(message);
        coordinator.receive(peer, message);
      },
      onFault,
    );
    this.#links.add(cut);
    scheduler.after(random.between(0.1, 10), () => {
      const coordinator = this.#at(generation);
      if (!isOpen) return;
      if (coordinator === undefined || this.#isPartitioned) return cut();
      try {
        coordinator.register(peer, registration);
        isRegistered = true;
      } catch {
        cut();
      }
    });
    return { send: (message) => up.send(message, message.kind === 'reliable'), cut };
  }

  get #isCalm(): boolean {
    return this.scheduler.now > CALM_AFTER_MS;
  }

  #at(generation: number): Coordinator | undefined {
    return generation === this.#generation ? this.#coordinator : undefined;
  }

  #startCoordinator(): void {
    const generation = ++this.#generation;
    this.#disk.crash(() => this.random.isTrue(0.5));
    const { scheduler } = this;
    const isAlive = () => generation === this.#generation;
    this.#coordinator = new Coordinator({
      surroundings: {
        now: () => scheduler.now + this.#skew,
        wallClock: () => new Date(START_OF_TIME + scheduler.now),
        newToken: () => `t${++this.#tokens}`,
        soon: (work) => {
          scheduler.after(this.random.between(0.1, 2), () => {
            if (isAlive()) work();
          });
        },
        later: (work, milliseconds) =>
          scheduler.after(milliseconds, () => {
            if (isAlive()) work();
          }),
      },
      ledger: {
        ...DEFAULT_LEDGER_SETTINGS,
        leaseMs: LEASE_MS,
        maxFailures: 1000,
        maxLosses: 1000,
        backoffMs: 20,
        maxBackoffMs: 200,
        stragglerSamples: 3,
        stragglerMinMs: 300,
        republishMs: 2000,
      },
      jitter: (_run, task, attempt) => ((task * 31 + attempt * 17) % 100) / 100,
      openStore: () => {
        this.#store = new DiskStore(this.#disk, () => this.#writeFate());
        return this.#store;
      },
      publisher: {
        publish: (message) => {
          if (isAlive()) this.queue.publish(message);
        },
      },
      makeWorkload,
      compute: (run, _id, results, done) => {
        scheduler.after(this.random.between(1, 50), () => {
          if (!isAlive()) return;
          if (run.workload instanceof SyntheticWorkload) done({ value: run.workload.choose(results) });
        });
      },
      merge: (run, results, done) => {
        scheduler.after(this.random.between(1, 50), () => {
          if (!isAlive()) return;
          if (run.workload instanceof SyntheticWorkload) done({ value: run.workload.digest(results) });
        });
      },
      onEvent: (run, event) => {
        if (event.kind !== 'ended') return;
        const ended = this.#coordinator?.read((dispatcher) => dispatcher.runs.get(run)?.ended);
        if (event.status !== 'done')
          throw new Violation(`run ${run} ended as ${event.status}: ${event.problem?.message}`);
        this.#ended.set(run, ended?.result ?? null);
      },
      onStore: () => undefined,
    });
    // Runs that ended while nobody heard of it.
    this.#coordinator.read((dispatcher) => {
      for (const { id, ended } of dispatcher.runs.values())
        if (ended !== null) this.#ended.set(id, ended.result);
    });
  }

  #writeFate(): WriteFate {
    if (this.#isFull) return 'full';
    if (this.#isCalm || !this.random.isTrue(this.#rates.writeCrash)) return 'whole';
    const [fault, fate] = WRITE_CRASHES[this.random.integer(0, WRITE_CRASHES.length - 1)] ?? WRITE_CRASHES[0];
    this.faults.add(fault);
    this.#crashCoordinator();
    return fate;
  }

  #crashCoordinator(): void {
    if (this.#coordinator === undefined) return;
    this.#coordinator = undefined;
    this.#generation++;
    for (const cut of [...this.#links]) cut();
    this.scheduler.after(this.random.between(10, 1500), () => this.#startCoordinator());
  }

  /** A client that tries until it is told that the run is kept. */
  #submit(run: SimulatedRun): void {
    const again = () => {
      if (!run.isAcknowledged) this.#submit(run);
    };
    this.scheduler.after(this.random.between(500, 1500), again);
    try {
      this.#coordinator?.tell(
        (dispatcher) => dispatcher.submit(run.submitted),
        (outcome) => {
          if (!('value' in outcome)) return;
          run.isAcknowledged = true;
          const isKept = [...(this.#store?.records() ?? [])].some(
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

  /** Draws what goes wrong, and when. */
  #plan(): void {
    const { random, scheduler, faults } = this;
    const at = (rate: number, work: () => void) => {
      const expected = (rate * CALM_AFTER_MS) / 1000;
      let count = Math.floor(expected) + (random.isTrue(expected % 1) ? 1 : 0);
      for (; count > 0; count--) scheduler.after(random.between(0, CALM_AFTER_MS) * random.next(), work);
    };
    const anyWorker = () => this.#workers[random.integer(0, this.#workers.length - 1)];
    at(this.#rates.linkCut, () => {
      faults.add('link-cut');
      anyWorker()?.cutLink();
    });
    at(this.#rates.partition, () => {
      faults.add('partition');
      this.#isPartitioned = true;
      for (const cut of [...this.#links]) cut();
      scheduler.after(random.between(100, 3000), () => {
        this.#isPartitioned = false;
      });
    });
    at(this.#rates.workerFreeze, () => {
      faults.add('worker-frozen');
      anyWorker()?.freeze(random.between(200, 4000));
    });
    at(this.#rates.workerCrash, () => {
      const worker = anyWorker();
      worker?.crash();
      // The first one always comes back.
      const isGone = worker !== this.#workers[0] && random.isTrue(0.3);
      faults.add(isGone ? 'worker-gone' : 'worker-crash');
      if (!isGone) scheduler.after(random.between(10, 1000), () => worker?.start());
    });
    at(this.#rates.queueRestart, () => {
      faults.add('queue-restart');
      this.queue.restart(random.between(10, 2000), () => this.#coordinator?.queueReturned());
    });
    at(this.#rates.coordinatorCrash, () => {
      faults.add('coordinator-crash');
      this.#crashCoordinator();
    });
    at(this.#rates.diskFull, () => {
      faults.add('disk-full');
      this.#isFull = true;
      scheduler.after(random.between(50, 2000), () => {
        this.#isFull = false;
      });
    });
    at(this.#rates.clockJump, () => {
      faults.add('clock-jump');
      this.#skew += random.between(0, 5000);
    });
    at(this.#rates.pause, () => {
      faults.add('paused');
      this.#control((id) =>
        this.#coordinator?.tell(
          (dispatcher) => dispatcher.pause(id),
          () => undefined,
        ),
      );
      const resume = () => {
        // Until it is known to have been heard: what was said before is durable by now, or lost with its coordinator.
        if (this.#isCalm && !this.#isAnyPaused()) return;
        this.#control((id) =>
          this.#coordinator?.tell(
            (dispatcher) => dispatcher.unpause(id),
            () => undefined,
          ),
        );
        scheduler.after(700, resume);
      };
      scheduler.after(random.between(50, 1000), resume);
    });
  }

  #isAnyPaused(): boolean {
    return this.#runs.some(
      ({ submitted }) => this.#ask((dispatcher) => dispatcher.runs.get(submitted.run)?.isPaused) ?? true,
    );
  }

  /** Undefined while the coordinator is down or its store is broken. */
  #ask<T>(question: (dispatcher: Dispatcher) => T): T | undefined {
    try {
      return this.#coordinator?.read(question);
    } catch (thrown) {
      if (thrown instanceof OodError) return undefined;
      throw thrown;
    }
  }

  #control(work: (run: string) => void): void {
    for (const { submitted } of this.#runs) {
      try {
        work(submitted.run);
      } catch (thrown) {
        // Not submitted yet, over already, or nobody there.
        if (!(thrown instanceof OodError)) throw thrown;
      }
    }
  }

  /** Where the runs stand, for a failure's message. */
  #standing(): unknown {
    return this.#ask((dispatcher) =>
      [...dispatcher.runs.values()].map(({ id, status }) => [
        id,
        status,
        dispatcher.ledger.run(id)?.tasks.counts(),
      ]),
    );
  }

  #checkEnd(): void {
    const finished = new Map<string, number>();
    const submitted = new Map<string, number>();
    for (const record of this.#store?.records() ?? []) {
      if (record.kind === 'submitted') submitted.set(record.run, (submitted.get(record.run) ?? 0) + 1);
      if (record.kind !== 'completed' && record.kind !== 'finished') continue;
      const id = `${record.run}/${record.task}`;
      finished.set(id, (finished.get(id) ?? 0) + 1);
    }
    for (const {
      submitted: { run, spec },
      expected,
    } of this.#runs) {
      if (submitted.get(run) !== 1)
        throw new Violation(`run ${run} was submitted ${submitted.get(run)} times`);
      if (spec.kind !== 'synthetic') continue;
      const tasks = spec.fits + spec.sweeps + spec.scores;
      for (let task = 0; task < tasks; task++) {
        const times = finished.get(`${run}/${task}`) ?? 0;
        if (times !== 1) throw new Violation(`task ${task} of ${run} is done ${times} times in the journal`);
      }
      const got = this.#ended.get(run);
      if (got !== expected) throw new Violation(`digest of ${run} is ${got}, undisturbed it is ${expected}`);
    }
  }
}

const NO_LOSS = { lossProbability: 0, duplicateProbability: 0, reorderProbability: 0 };

const WRITE_CRASHES = [
  ['write-crash-before', 'crash-before'],
  ['write-torn', 'crash-torn'],
  ['write-unsynced', 'crash-unsynced'],
  ['write-crash-after', 'crash-after'],
] as const;

/** Nothing is acknowledged, and no lease given, before it is durable. */
class AckChecker {
  readonly #store: () => DiskStore | undefined;
  readonly #received = new Map<number, Extract<WorkerMessage, { kind: 'reliable' }>['message']>();
  readonly #refused = new Set<number>();

  constructor(store: () => DiskStore | undefined) {
    this.#store = store;
  }

  received({ sequence, message }: Extract<WorkerMessage, { kind: 'reliable' }>): void {
    if (!this.#received.has(sequence)) this.#received.set(sequence, message);
  }

  sent(message: CoordinatorMessage): void {
    if (message.kind === 'refused') this.#refused.add(message.sequence);
    if (message.kind === 'granted' && this.#store()?.isLeaseDurable(message.lease.token) !== true) {
      throw new Violation('a lease was given before it was durable');
    }
    if (message.kind !== 'ack') return;
    for (const [sequence, said] of this.#received) {
      if (sequence > message.upTo) continue;
      this.#received.delete(sequence);
      if (!this.#refused.has(sequence) && !this.#isDurable(said)) {
        throw new Violation(`a "${said.kind}" was acknowledged before it was durable`);
      }
    }
  }

  #isDurable(message: Extract<WorkerMessage, { kind: 'reliable' }>['message']): boolean {
    const store = this.#store();
    if (store === undefined) return false;
    if (store.isEnded(message.token)) return true;
    if (message.kind === 'chunk') return store.hasChunk(message.token, message.key, message.offsetRows);
    return message.kind === 'fitted' && store.hasChunk(message.token, message.key, 0);
  }
}

/** Draws a run, and computes what it must come to. */
function makeRun(random: Random, number: number): SimulatedRun {
  const spec: SyntheticSpec = {
    kind: 'synthetic',
    seed: random.integer(0, 1_000_000),
    fits: random.integer(0, 2),
    sweeps: random.integer(0, 3),
    scores: random.integer(1, 8),
    rows: random.integer(1, 20),
    milliseconds: 0,
    fault: 'none',
  };
  const run = `run${number}`;
  const submitted: SubmittedRecord = {
    kind: 'submitted',
    run,
    name: run,
    at: new Date(START_OF_TIME).toISOString(),
    idempotencyKey: `key-${number}`,
    priority: random.integer(0, 1),
    pool: null,
    isCacheUsed: random.isTrue(0.5),
    spec,
  };
  return { submitted, expected: undisturbed(spec, run), isAcknowledged: false };
}

/** The digest of a run in which nothing went wrong: every task in turn. */
function undisturbed(spec: SyntheticSpec, run: string): Digest {
  const workload = new SyntheticWorkload(spec, run);
  const results = new Map<Digest, UnitResult>();
  const reader = { find: (key: Digest) => results.get(key) };
  for (let task = 0; task < workload.tasks.length; task++) {
    if (task === spec.fits + spec.sweeps && spec.sweeps > 0)
      workload.computed('choice', workload.choose(reader));
    const bound = workload.bind(task);
    const work = bound.spec(bound.units);
    if (work.kind !== 'synthetic') throw new Error('a synthetic run has synthetic tasks');
    const data = syntheticRows(work);
    if (!bound.isFit) results.set(work.key, { kind: 'scores', rows: data.length, columns: 1, data });
    const fitted = bound.isFit ? { [work.key]: syntheticDigest(work) } : {};
    workload.finish(task, '', { ...NO_REPORT, fitted });
  }
  if (spec.sweeps > 0 && spec.scores === 0) workload.computed('choice', workload.choose(reader));
  return workload.digest(reader);
}
