import type { NetworkFaults } from './network.js';
import { Random } from './random.js';

/** After this nothing new goes wrong, and everything must come to its end. */
export const CALM_AFTER_MS = 8000;

/** Rates of faults, per second of simulated time or per event; all 0 in an undisturbed world. */
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
  /** A worker's disk fills up: for a while, or for good. */
  readonly badDisk: number;
  /** Damage to blobs in a worker's cache. */
  readonly cacheDamage: number;
  /** A blob of the coordinator's store is damaged, or gone. */
  readonly storeDamage: number;
  /** Of a world to have a worker that computes what is no number. */
  readonly notFinite: number;
  /** A second process is started with the id of a worker. */
  readonly twin: number;
  /** A peer claims what is not its own. */
  readonly impostor: number;
  /** All workers of a numerics class are gone for long. */
  readonly poolGone: number;
  /** A user moves a run to another numerics class. */
  readonly move: number;
  /** Of a world to have a second coordinator on its queue server. */
  readonly neighbour: number;
  /** Of a world to have no queue: workers ask the coordinator for tasks. */
  readonly queueless: number;
  /** A user drains a worker, and another process takes its place. */
  readonly drain: number;
}

export const UNDISTURBED: Rates = {
  network: { lossProbability: 0, duplicateProbability: 0, reorderProbability: 0, maxDelayMs: 5 },
  hintLoss: 0,
  hintDuplicate: 0,
  queueRestart: 0,
  linkCut: 0,
  partition: 0,
  workerCrash: 0,
  workerFreeze: 0,
  taskFailure: 0,
  straggler: 0,
  coordinatorCrash: 0,
  writeCrash: 0,
  diskFull: 0,
  clockJump: 0,
  pause: 0,
  badDisk: 0,
  cacheDamage: 0,
  storeDamage: 0,
  notFinite: 0,
  twin: 0,
  impostor: 0,
  poolGone: 0,
  move: 0,
  neighbour: 0,
  queueless: 0,
  drain: 0,
};

/** Every seed has its own mixture: many kinds of faults are left out, so that others show alone. */
export function ratesOf(seed: number): Rates {
  const random = new Random(seed ^ 0x5bd1e995);
  const maybe = (most: number) => (random.isTrue(0.5) ? random.next() * most : 0);
  return {
    network: {
      lossProbability: maybe(0.05),
      duplicateProbability: maybe(0.05),
      reorderProbability: maybe(0.05),
      maxDelayMs: random.between(1, 50),
    },
    hintLoss: maybe(0.3),
    hintDuplicate: maybe(0.3),
    queueRestart: maybe(0.4),
    linkCut: maybe(1),
    partition: maybe(0.3),
    workerCrash: maybe(0.8),
    workerFreeze: maybe(0.5),
    taskFailure: maybe(0.3),
    straggler: maybe(0.2),
    coordinatorCrash: maybe(0.5),
    writeCrash: maybe(0.1),
    diskFull: maybe(0.3),
    clockJump: maybe(0.3),
    pause: maybe(0.3),
    badDisk: maybe(0.6),
    cacheDamage: maybe(1),
    storeDamage: maybe(0.8),
    notFinite: maybe(0.5),
    twin: maybe(0.3),
    impostor: maybe(0.4),
    poolGone: maybe(0.15),
    move: maybe(0.2),
    neighbour: maybe(0.3),
    queueless: random.isTrue(0.2) ? 1 : 0,
    drain: maybe(0.4),
  };
}
