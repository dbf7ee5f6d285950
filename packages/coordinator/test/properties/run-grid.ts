import type { Cell, Digest, ResolvedGrid } from '@oodgrid/contract';
import { GridWorkload, type UnitResult } from '../../src/index.js';
import { mergeCells } from '../../src/merger/merge-cell.js';
import { mergeContext } from '../../src/merger/merge-input.js';
import { execute } from './semantic-executor.js';

export interface RunGridOptions {
  readonly slice: number;
  /** Results by cache key; filled. */
  readonly cache: Map<Digest, UnitResult>;
  /** A number in [0, 1): which of the tasks that are ready is done next, as workers of any number and speed would. */
  readonly random: () => number;
}

const NO_WORK = { images: 0, forwards: 0, gradients: 0 };

/** Plans, binds, computes, chooses and merges a grid as a run does; gives its cells by what they are called. */
export async function runGrid(
  grid: ResolvedGrid,
  { slice, cache, random }: RunGridOptions,
): Promise<ReadonlyMap<string, Omit<Cell, 'seconds'>>> {
  const workload = new GridWorkload({ kind: 'grid', grid, slice });
  const counts = new Map<string, number>(
    grid.datasets.map(({ test }) => [test.ref.images, test.count] as const),
  );
  const results = { find: (key: Digest) => cache.get(key) };
  const known = new Set<string>();
  const open = new Set(workload.plan.tasks.keys());
  while (open.size > 0) {
    const ready = [...open].filter((i) => workload.tasks[i]?.needs.every((need) => known.has(need)));
    const task = ready[Math.floor(random() * ready.length)];
    if (task === undefined) throw new Error(`${open.size} tasks wait for ever`);
    open.delete(task);
    const { units, spec } = workload.bind(task, 'class');
    const missing = units.filter(({ key }) => !cache.has(key));
    if (missing.length > 0) {
      const work = spec(missing);
      if (work.kind === 'synthetic') throw new Error('a grid has no synthetic tasks');
      for (const unit of work.units) {
        cache.set(
          unit.key,
          execute(work, unit, (images) => counts.get(images) ?? 0),
        );
      }
    }
    const fitted: Record<Digest, Digest> = {};
    for (const { key } of units) {
      const found = cache.get(key);
      if (found?.kind === 'fitted') fitted[key] = found.blob;
    }
    const report = { fitted, work: NO_WORK, seconds: 1, reusedUnits: 0, isReused: missing.length === 0 };
    for (const fact of workload.noteDone(task, 'class', report)) known.add(fact);
    for (const id of workload.takeComputations()) {
      const outcome = workload.choose(id, results);
      for (const fact of workload.noteComputed(id, outcome)) known.add(fact);
    }
  }
  // As a thread is given it.
  const input = workload.mergeInput(workload.plan.cells, grid);
  return new Map(
    mergeCells(input.cells, mergeContext(input, results)).map(({ cell: { seconds: _time, ...cell } }) => {
      return [cellName({ ...cell, row: cell.method }), cell] as const;
    }),
  );
}

export const cellName = ({
  row,
  id,
  ood,
  model,
}: {
  readonly row: string;
  readonly id: string;
  readonly ood: string;
  readonly model: string;
}): string => JSON.stringify([row, id, ood, model]);
