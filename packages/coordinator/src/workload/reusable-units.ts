import type { Digest } from '@oodgrid/contract';
import { bindTask } from '../planner/bind-task.js';
import type { ResultReader } from '../store/result-reader.js';
import type { GridWorkload } from './grid-workload.js';

const NO_WORK = { images: 0, forwards: 0, gradients: 0 };

/**
 * Ids of a grid's units whose results are there: exact, because what later tasks are is found out as a run
 * would, by taking results and making choices. Uses the workload up.
 */
export function reusableUnits(
  workload: GridWorkload,
  pool: string,
  results: ResultReader,
): ReadonlySet<string> {
  const reused = new Set<string>();
  const known = new Set<string>();
  let open = [...workload.plan.tasks.entries()];
  for (let hasNews = true; hasNews; ) {
    hasNews = false;
    const waiting: typeof open = [];
    for (const [task, planned] of open) {
      if (planned.needs.some((need) => !known.has(need))) {
        waiting.push([task, planned]);
        continue;
      }
      const { units } = bindTask(planned, workload, pool);
      const fitted: Record<Digest, Digest> = {};
      let missing = 0;
      for (const { id, spec } of units) {
        const found = results.find(spec.key);
        if (found === undefined) missing++;
        else reused.add(id);
        if (found?.kind === 'fitted') fitted[spec.key] = found.blob;
      }
      if (missing > 0) continue;
      const report = { fitted, work: NO_WORK, seconds: 0, reusedUnits: units.length, isReused: true };
      for (const fact of workload.noteDone(task, pool, report)) known.add(fact);
      hasNews = true;
    }
    open = waiting;
    for (const id of workload.takeComputations()) {
      const outcome = workload.choose(id, results);
      for (const fact of workload.noteComputed(id, outcome)) known.add(fact);
      hasNews = true;
    }
  }
  return reused;
}
