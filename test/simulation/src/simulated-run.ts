import type { RunSpec, SyntheticSpec } from '@oodgrid/contract';
import { type Digest, sha256 } from '@oodgrid/contract';
import { type SubmittedRecord, SyntheticWorkload, type UnitResult } from '@oodgrid/coordinator';
import { syntheticDigest } from '@oodgrid/worker';
import { CLASSES, rowsOf } from './numerics.js';
import type { Random } from './random.js';

export interface SimulatedRun {
  readonly submitted: SubmittedRecord;
  /** Expected result, by the numerics class that computes it. */
  readonly expected: ReadonlyMap<string, Digest>;
  isAcknowledged: boolean;
}

/** Wall clock at the start of a simulation. */
export const START_OF_TIME = Date.UTC(2026, 0, 1);
const NO_REPORT = {
  work: { images: 0, forwards: 0, gradients: 0 },
  seconds: 0,
  reusedUnits: 0,
  isReused: false,
};

/**
 * Draws a run, and computes what it must come to. `asksForClass`: it may want a class that nobody has, and has to be moved
 * then.
 */
export function makeRun(random: Random, run: string, asksForClass: boolean): SimulatedRun {
  const spec: SyntheticSpec = {
    kind: 'synthetic',
    seed: random.integer(0, 1_000_000),
    fits: random.integer(0, 2),
    sweeps: random.integer(0, 3),
    scores: random.integer(1, 8),
    rows: random.integer(1, 20),
    blobs: Array.from({ length: random.integer(0, 2) }, (_, i) => sha256(`input ${run}/${i}`)),
    milliseconds: 0,
    fault: 'none',
  };
  const submitted: SubmittedRecord = {
    kind: 'submitted',
    run,
    name: run,
    at: new Date(START_OF_TIME).toISOString(),
    idempotencyKey: `key-${run}`,
    priority: random.integer(0, 1),
    pool: random.isTrue(0.8) || !asksForClass ? null : (CLASSES[random.integer(0, 1)] ?? null),
    isCacheUsed: random.isTrue(0.5),
    spec,
  };
  const expected = new Map(CLASSES.map((one) => [one, undisturbed(spec, run, one)]));
  return { submitted, expected, isAcknowledged: false };
}

/** Number of its tasks; nothing else is simulated. */
export const tasksOf = (spec: RunSpec): number =>
  spec.kind === 'synthetic' ? spec.fits + spec.sweeps + spec.scores : 0;

/** The digest of a run in which nothing went wrong: every task in turn. */
function undisturbed(spec: SyntheticSpec, run: string, numericsClass: string): Digest {
  const workload = new SyntheticWorkload(spec, run);
  const results = new Map<Digest, UnitResult>();
  const reader = { find: (key: Digest) => results.get(key) };
  for (let task = 0; task < workload.tasks.length; task++) {
    if (task === spec.fits + spec.sweeps && spec.sweeps > 0)
      workload.noteComputed('choice', workload.choose(reader));
    const bound = workload.bind(task, numericsClass);
    const work = bound.spec(bound.units);
    if (work.kind !== 'synthetic') throw new Error('a synthetic run has synthetic tasks');
    const data = rowsOf(work, numericsClass);
    if (!bound.isFit) results.set(work.key, { kind: 'scores', rows: data.length, columns: 1, data });
    const fitted = bound.isFit ? { [work.key]: syntheticDigest(work) } : {};
    workload.noteDone(task, numericsClass, { ...NO_REPORT, fitted });
  }
  if (spec.sweeps > 0 && spec.scores === 0) workload.noteComputed('choice', workload.choose(reader));
  return workload.digest(reader);
}
