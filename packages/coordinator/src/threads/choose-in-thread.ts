import type { RunState } from '../dispatch/run-state.js';
import { seriesOfChoice } from '../planner/plan.js';
import type { ResultReader } from '../store/result-reader.js';
import { GridWorkload } from '../workload/grid-workload.js';
import { SyntheticWorkload } from '../workload/synthetic-workload.js';
import type { ThreadPool } from './thread-pool.js';

export interface ChooseOptions {
  readonly threads: ThreadPool;
  /** The store's database, which the threads read. */
  readonly database: string;
}

/** Makes a choice of a run in a thread; a synthetic one, which is a fold over numbers, at once. */
export async function chooseInThread(
  { workload }: RunState,
  id: string,
  results: ResultReader,
  { threads, database }: ChooseOptions,
): Promise<unknown> {
  if (workload instanceof SyntheticWorkload) return workload.choose(results);
  if (!(workload instanceof GridWorkload)) throw new RangeError(`choice ${id} is of an unknown workload`);
  const choice = workload.choice(id);
  const series = workload.keyedSeries(seriesOfChoice(choice));
  return threads.run('choose', { database, protocol: workload.protocol.name, choice, series });
}
