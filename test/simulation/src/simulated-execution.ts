import type { WorkSpec } from '@oodgrid/contract';
import type { LeaseRef } from '@oodgrid/transport';
import { syntheticDigest, type WorkerSession } from '@oodgrid/worker';
import { rowsOf } from './numerics.js';
import { UNDISTURBED } from './rates.js';
import type { DiskProblem, WorkerDisk } from './worker-disk.js';
import type { World } from './world.js';

export interface Execution {
  readonly world: World;
  readonly session: WorkerSession;
  readonly lease: LeaseRef;
  readonly task: WorkSpec;
  readonly disk: WorkerDisk;
  /** Whether its worker computes what is no number. */
  readonly isBroken: boolean;
  /** Numerics class of its worker. */
  readonly numericsClass: string;
  readonly isAlive: () => boolean;
  /** Time of the worker's process. */
  readonly after: (milliseconds: number, work: () => void) => void;
  readonly onOwnFailure: (message: string) => void;
}

const NO_WORK = { images: 0, forwards: 0, gradients: 0 };
const FAULT: DiskProblem = { code: 'unavailable', message: 'a simulated fault', origin: 'task', blob: null };

/** One attempt, from the grant to its last word: reads blobs, takes its time, says rows in pieces. */
export function execute(execution: Execution): void {
  const { world, session, lease, task, disk, isBroken, numericsClass, isAlive, after, onOwnFailure } =
    execution;
  if (task.kind !== 'synthetic') throw new Error('the simulation has synthetic tasks only');
  const { random, faults } = world;
  const rates = world.isCalm() ? UNDISTURBED : world.rates;
  const isSlow = random.isTrue(rates.straggler);
  if (isSlow) faults.add('straggler');
  const duration = random.between(5, 100) * (isSlow ? 40 : 1);
  const { key } = task;
  const fails = random.isTrue(rates.taskFailure);
  // A fifth of the rows at a time, so that a crash finds results half sent.
  const step = Math.max(1, Math.ceil(task.rows / 5));
  const fail = (problem: DiskProblem) => {
    session.end({ kind: 'failed', ...lease, ...problem, retryable: true, logTail: '' });
    if (problem.origin === 'worker') onOwnFailure(problem.message);
  };
  const end = () => {
    if (task.of === 'fit') {
      const blob = syntheticDigest(task);
      const problem = disk.publish(blob);
      if (problem !== null) return fail(problem);
      session.fitted({ kind: 'fitted', ...lease, key, blob });
    }
    session.end({ kind: 'done', ...lease, work: NO_WORK, seconds: duration / 1000 });
  };
  const emit = (from: number) => {
    if (!isAlive()) return;
    if (fails && from > 0) {
      faults.add('task-failed');
      return fail(FAULT);
    }
    if (task.of === 'fit' || from >= task.rows) return end();
    const data = rowsOf(task, numericsClass).slice(from, from + step);
    // Results of a lease that is over must never count: they are made wrong, so that it shows.
    if (!world.isLive(lease)) {
      faults.add('zombie-result');
      data.fill(-1);
    } else if (
      isBroken &&
      random.isTrue(0.5) &&
      world.coordinator.expects('w0', world.workers[0]?.isUp === true)
    ) {
      // Where nobody else could have done it, the run would rightly end.
      faults.add('not-finite');
      data.fill(Number.NaN);
    }
    const chunk = {
      kind: 'chunk',
      ...lease,
      key,
      offsetRows: from,
      rows: data.length,
      columns: 1,
      data,
    } as const;
    session.chunk(chunk, () => after(duration / 5, () => emit(from + step)));
  };
  after(duration / 5, () => {
    if (!isAlive()) return;
    const problem = disk.fetch(task.reads ?? []);
    if (problem === null) emit(0);
    else fail(problem);
  });
}
