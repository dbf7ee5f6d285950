import { canonicalJson } from '@oodgrid/contract';
import type { PlannedTask } from './plan.js';

/**
 * Orders scoring tasks so that what is done at any time is a fair sample of every set, however sets are sorted: all
 * sets advance together, and each set's slices come in bit-reversed order (of eight: 0, 4, 2, 6, 1, 5, 3, 7). Other tasks keep their order and come first. Results do not depend on it.
 */
export function fairOrder<T extends { readonly header: Pick<PlannedTask, 'kind'> }>(
  tasks: readonly T[],
): readonly T[] {
  const slicesSoFar = new Map<string, number>();
  return tasks
    .map((task) => {
      const { header } = task;
      if (header.kind !== 'score') return { task, place: -1 };
      const set = canonicalJson({ ...header, from: 0, to: 0 });
      const slice = slicesSoFar.get(set) ?? 0;
      slicesSoFar.set(set, slice + 1);
      return { task, place: vanDerCorput(slice) };
    })
    .sort((a, b) => a.place - b.place)
    .map(({ task }) => task);
}

/** The n-th number of the base-2 van der Corput sequence 0, 1/2, 1/4, 3/4, 1/8, ... */
function vanDerCorput(n: number): number {
  let value = 0;
  for (let rest = n, weight = 0.5; rest > 0; rest = Math.floor(rest / 2), weight /= 2) {
    value += (rest % 2) * weight;
  }
  return value;
}
