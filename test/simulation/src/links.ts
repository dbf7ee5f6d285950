import { OodError } from '@oodgrid/contract';
import type { Coordinator } from '@oodgrid/coordinator';
import type {
  CoordinatorMessage,
  LeaseRef,
  Registration,
  WorkerMessage,
  WorkerPeer,
} from '@oodgrid/transport';
import { AckChecker } from './ack-checker.js';
import type { DiskStore } from './disk-store.js';
import type { FaultCounts } from './faults.js';
import { Channel, type NetworkFaults } from './network.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';

/** One end of a connection. */
export interface SimulatedLink {
  send(message: WorkerMessage): void;
  cut(): void;
}

export interface LinksOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: FaultCounts;
  readonly network: () => NetworkFaults;
  readonly store: () => DiskStore | undefined;
  /** A lease is given to a worker. */
  readonly onGranted: (lease: LeaseRef, worker: string) => void;
  /** Counts lives of the coordinator's process. */
  readonly generation: () => number;
  /** The coordinator of that life; undefined when it is over. */
  readonly at: (generation: number) => Coordinator | undefined;
}

/** The connections of one coordinator. */
export class Links {
  readonly #options: LinksOptions;
  readonly #open = new Set<() => void>();
  /** While it is true nobody gets a new connection. */
  isPartitioned = false;

  constructor(options: LinksOptions) {
    this.#options = options;
  }

  cutAll(): void {
    for (const cut of [...this.#open]) cut();
  }

  /** A worker opens a connection; both sides learn of its end, each in its time. */
  connect(
    registration: Registration,
    handler: { receive(message: CoordinatorMessage): void; closed(isRefused: boolean): void },
  ): SimulatedLink {
    const { scheduler, random, faults, at } = this.#options;
    const generation = this.#options.generation();
    const network = this.#options.network();
    const onFault = () => faults.add('message-lost');
    const down = new Channel<CoordinatorMessage>(scheduler, random, network, handler.receive, onFault);
    let isOpen = true;
    let isRegistered = false;
    let isRefused = false;
    const checker = new AckChecker(this.#options.store);
    const cut = () => {
      if (!isOpen) return;
      isOpen = false;
      this.#open.delete(cut);
      down.close();
      up.close();
      scheduler.after(random.between(0.1, 20), () => handler.closed(isRefused));
      if (isRegistered) {
        // A dead host is noticed late, or only by its leases.
        scheduler.after(random.between(0.1, 2000), () => at(generation)?.disconnected(peer));
      }
    };
    const peer: WorkerPeer = {
      send: (message) => {
        if (generation !== this.#options.generation() || !isOpen) return;
        checker.sent(message);
        if (message.kind === 'granted') this.#options.onGranted(message.lease, registration.worker.workerId);
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
        const coordinator = at(generation);
        if (coordinator === undefined) return cut();
        if (message.kind === 'reliable') checker.received(message);
        coordinator.receive(peer, message);
      },
      onFault,
    );
    this.#open.add(cut);
    scheduler.after(random.between(0.1, 10), () => {
      const coordinator = at(generation);
      if (!isOpen) return;
      if (coordinator === undefined || this.isPartitioned) return cut();
      try {
        coordinator.register(peer, registration);
        isRegistered = true;
      } catch (thrown) {
        isRefused = OodError.from(thrown).code === 'conflict';
        if (isRefused) faults.add('twin-refused');
        cut();
      }
    });
    return { send: (message) => up.send(message, message.kind === 'reliable'), cut };
  }
}
