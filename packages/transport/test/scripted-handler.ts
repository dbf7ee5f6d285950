import { digestSchema, OodError, type TaskSpec } from '@oodgrid/contract';
import type {
  LeaseRef,
  Registration,
  WorkerHandler,
  WorkerInfo,
  WorkerMessage,
  WorkerPeer,
} from '../src/index.js';
import { WIRE_VERSION } from '../src/index.js';

export const KEY = digestSchema.parse('ab'.repeat(32));
export const LEASE: LeaseRef = { run: 'run-1', task: 7, attempt: 2, token: 'secret' };

export const TASK: TaskSpec = {
  kind: 'score',
  model: { name: 'm', architecture: 'lenet', weights: KEY, classes: 10 },
  data: { name: 'd', images: KEY },
  transform: { mean: [0], std: [1] },
  order: { kind: 'file' },
  from: 0,
  to: 10,
  batch: 512,
  seed: 1,
  units: [{ key: KEY, method: 'msp', options: {}, fitted: null, pass: 'forward', candidates: [] }],
};

const worker = (workerId: string): WorkerInfo => ({
  workerId,
  incarnation: 'first',
  numericsClass: 'test',
  engine: { kind: 'test', version: '1', device: 'cpu' },
  host: 'here',
  pid: process.pid,
  slots: 2,
  memoryBytes: 2 ** 33,
});

export const registration = (workerId = 'w1'): Registration => ({
  protocol: WIRE_VERSION,
  worker: worker(workerId),
  proof: 'known to it alone',
  held: [LEASE],
  nextSequence: 5,
});

/** A coordinator that remembers what it was told. */
export class ScriptedHandler implements WorkerHandler {
  readonly registered: Registration[] = [];
  readonly received: WorkerMessage[] = [];
  readonly gone: WorkerPeer[] = [];
  peer: WorkerPeer | undefined;

  register(peer: WorkerPeer, said: Registration): void {
    if (said.worker.numericsClass !== 'test') throw new OodError('invalid-input', 'another numerics class');
    this.peer = peer;
    this.registered.push(said);
    peer.send({ kind: 'registered', leaseMs: 30_000, windowBytes: 2 ** 22, queue: 'q1' });
  }

  receive(_peer: WorkerPeer, message: WorkerMessage): void {
    this.received.push(message);
  }

  disconnected(peer: WorkerPeer): void {
    this.gone.push(peer);
  }
}
