import type { RunState } from './run-state.js';
import type { TooLargeTasks } from './too-large-tasks.js';
import type { WorkerConnections } from './worker-connections.js';

export interface WaitReasonParts {
  readonly workers: Pick<WorkerConnections, 'pools'>;
  readonly tooLarge: Pick<TooLargeTasks, 'waitsFor'>;
}

/** Why no worker computes a run, or some task of it, and what to do about it, for people; empty where nothing keeps it from going on. */
export function waitReason({ workers, tooLarge }: WaitReasonParts, run: RunState): string {
  if (run.ended !== null || run.isMerging) return '';
  const { pools } = workers;
  const wanted = run.pin?.pool ?? run.submitted.pool;
  if (pools.size === 0) {
    return `no worker is connected${wanted === null ? '' : `; it needs one of class ${wanted}`}`;
  }
  if (wanted === null) return '';
  const places = pools.get(wanted)?.slots;
  if (places === 0) return `every worker of its class ${wanted} is set aside; "ood-cli workers" says why`;
  if (places !== undefined) return tooLarge.waitsFor(run);
  const there = [...pools].map(([pool, { slots }]) => `${pool} (${slots} places)`).sort();
  return `no worker of its class ${wanted} takes tasks; there are ${there.join(', ')}: start a worker of its class, or move it with "ood-cli move ${run.id} --class CLASS"`;
}
