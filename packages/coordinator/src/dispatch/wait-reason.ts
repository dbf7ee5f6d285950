import type { RunState } from './run-state.js';
import type { WorkerConnections } from './worker-connections.js';

/** Why no worker computes a run, and what to do about it, for people; empty where nothing keeps it from going on. */
export function waitReason({ pools }: Pick<WorkerConnections, 'pools'>, run: RunState): string {
  if (run.ended !== null || run.isMerging) return '';
  const wanted = run.pin?.pool ?? run.submitted.pool;
  if (pools.size === 0) {
    return `no worker is connected${wanted === null ? '' : `; it needs one of class ${wanted}`}`;
  }
  if (wanted === null) return '';
  const places = pools.get(wanted)?.slots;
  if (places === 0) return `every worker of its class ${wanted} is set aside; "ood-cli workers" says why`;
  if (places !== undefined) return '';
  const there = [...pools].map(([pool, { slots }]) => `${pool} (${slots} places)`).sort();
  return `no worker of its class ${wanted} takes tasks; there are ${there.join(', ')}: start a worker of its class, or move it with "ood-cli move ${run.id} --class CLASS"`;
}
