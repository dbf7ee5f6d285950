import type { Digest } from '@oodgrid/contract';
import type { JournalRecord } from '@oodgrid/coordinator';
import { type SimulatedRun, tasksOf } from './simulated-run.js';
import { Violation } from './violation.js';

/** Twelve is the most that a hundred thousand seeds came to. */
const MAX_ATTEMPTS = 40;
/** Leases of a task, beside what faults may have cost. */
const LEASES_PER_TASK = 4;

/** Every run is there once, every task of it is done once, and its digest is that of the undisturbed run. */
export function checkEnd(
  runs: readonly SimulatedRun[],
  journal: Iterable<JournalRecord>,
  digests: ReadonlyMap<string, Digest | null>,
  faults: number,
): void {
  const done = new Map<string, number>();
  const attempts = new Map<string, number>();
  const submissions = new Map<string, number>();
  const classes = new Map<string, string>();
  let leases = 0;
  let tasksOfAll = 0;
  for (const record of journal) {
    if (record.kind === 'submitted') submissions.set(record.run, (submissions.get(record.run) ?? 0) + 1);
    if (record.kind === 'failed' && record.failure.code === 'resource-exhausted')
      throw new Violation(
        `a full disk of its worker counts as a failure of task ${record.task} of ${record.run}`,
      );
    if (record.kind === 'leased') {
      const id = `${record.run}/${record.task}`;
      attempts.set(id, (attempts.get(id) ?? 0) + 1);
    }
    if (record.kind === 'reopened') {
      const id = `${record.run}/${record.task}`;
      done.set(id, (done.get(id) ?? 0) - 1);
    }
    if (record.kind === 'leased') leases++;
    if (record.kind === 'pinned') classes.set(record.run, record.pool);
    // What it was before does not count.
    if (record.kind === 'moved')
      for (const id of done.keys()) if (id.startsWith(`${record.run}/`)) done.delete(id);
    if (!['completed', 'reused', 'done'].includes(record.kind) || !('task' in record)) continue;
    const id = `${record.run}/${record.task}`;
    done.set(id, (done.get(id) ?? 0) + 1);
  }
  for (const [id, count] of attempts) {
    if (count > MAX_ATTEMPTS) throw new Violation(`task ${id} was handed out ${count} times`);
  }
  for (const { submitted, expected } of runs) {
    const { run, spec } = submitted;
    if (submissions.get(run) !== 1)
      throw new Violation(`run ${run} was submitted ${submissions.get(run)} times`);
    const tasks = tasksOf(spec);
    tasksOfAll += tasks;
    for (let task = 0; task < tasks; task++) {
      const times = done.get(`${run}/${task}`) ?? 0;
      if (times !== 1) throw new Violation(`task ${task} of ${run} is done ${times} times in the journal`);
    }
    const got = digests.get(run);
    const wanted = expected.get(classes.get(run) ?? '');
    if (got !== wanted) throw new Violation(`digest of ${run} is ${got}, undisturbed it is ${wanted}`);
  }
  const most = LEASES_PER_TASK * (tasksOfAll + faults);
  if (leases > most) throw new Violation(`${leases} leases for ${tasksOfAll} tasks and ${faults} faults`);
}
