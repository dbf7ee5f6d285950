import { blobsOf } from '@oodgrid/coordinator';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import type { SimulatedCoordinator } from './simulated-coordinator.js';
import type { SimulatedRun } from './simulated-run.js';
import { Violation } from './violation.js';

export interface SimulatedClientOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly coordinator: SimulatedCoordinator;
}

/** A client that submits a run and watches it. */
export class SimulatedClient {
  readonly #options: SimulatedClientOptions;
  readonly #run: SimulatedRun;

  constructor(run: SimulatedRun, options: SimulatedClientOptions) {
    this.#run = run;
    this.#options = options;
  }

  /** Tries until it is told that the run is kept. Throws Violation when it is not. */
  submit(): void {
    const { scheduler, random, coordinator } = this.#options;
    const run = this.#run;
    scheduler.after(random.between(500, 1500), () => {
      if (!run.isAcknowledged) this.submit();
    });
    this.#upload();
    try {
      coordinator.process?.update(
        (dispatcher, now) => dispatcher.submit(run.submitted, now),
        (outcome) => {
          if ('value' in outcome) this.#acknowledged();
        },
      );
    } catch (thrown) {
      if (thrown instanceof Violation) throw thrown;
      // The store is being opened again: the client tries later.
    }
  }

  /** Uploads again what the run says that it waits for. */
  watch(): void {
    const { scheduler, coordinator } = this.#options;
    scheduler.after(500, () => this.watch());
    const waitsFor = coordinator.ask((dispatcher) => {
      const state = dispatcher.runs.get(this.#run.submitted.run);
      return state === undefined ? '' : dispatcher.waitsFor(state);
    });
    if (waitsFor?.includes('submit the grid again') === true) this.#upload();
  }

  #acknowledged(): void {
    const { run } = this.#run.submitted;
    this.#run.isAcknowledged = true;
    for (const record of this.#options.coordinator.journal) {
      if (record.kind === 'submitted' && record.run === run) return;
    }
    throw new Violation('a submission was acknowledged before it was durable');
  }

  #upload(): void {
    for (const blob of blobsOf(this.#run.submitted.spec)) this.#options.coordinator.upload(blob);
  }
}
