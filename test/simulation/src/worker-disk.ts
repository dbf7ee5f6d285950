import type { Digest } from '@oodgrid/contract';
import type { FailedMessage } from '@oodgrid/transport';
import { SimulatedBlobs } from './simulated-blobs.js';
import type { SimulatedCoordinator } from './simulated-coordinator.js';

/** The reason why a worker could not have an input of its task. */
export type DiskProblem = Pick<FailedMessage, 'code' | 'message' | 'origin' | 'blob'>;

const full: DiskProblem = {
  code: 'resource-exhausted',
  message: 'the simulated cache is full',
  origin: 'worker',
  blob: null,
};
const unreachable: DiskProblem = {
  code: 'unavailable',
  message: 'the blobs cannot be reached',
  origin: 'worker',
  blob: null,
};

/** A worker's cache folder: it may fill up, and what lies in it may be damaged. */
export class WorkerDisk {
  readonly cache = new SimulatedBlobs();
  isBad = false;
  readonly #coordinator: SimulatedCoordinator;

  constructor(coordinator: SimulatedCoordinator) {
    this.#coordinator = coordinator;
  }

  /** Fetches what is not here, or damaged here; null when all is here. */
  fetch(blobs: readonly Digest[]): DiskProblem | null {
    for (const blob of blobs) {
      if (this.cache.verify(blob)) continue;
      if (this.isBad) return full;
      if (this.#coordinator.process === undefined) return unreachable;
      if (!this.#coordinator.blobs.verify(blob)) {
        return { code: 'not-found', message: `the store lacks ${blob}`, origin: 'store', blob };
      }
      this.cache.put(blob);
    }
    return null;
  }

  /** Keeps what was computed, and uploads it. */
  publish(blob: Digest): DiskProblem | null {
    if (this.isBad) return full;
    if (this.#coordinator.process === undefined) return unreachable;
    this.cache.put(blob);
    this.#coordinator.upload(blob);
    return null;
  }
}
