import { OodError } from '@oodgrid/contract';
import { groupMeans } from '../merger/group-means.js';
import type { JobInput, JobOutput } from './jobs.js';
import { PlacementFiles } from './placement-files.js';

/** Means over groups of OOD sets, from the placements that merging left. */
export function groupJob({ groups }: JobInput<'group-means'>): JobOutput<'group-means'> {
  const files = new PlacementFiles();
  try {
    return groups.flatMap(({ where, rows }) => [
      ...groupMeans(
        where,
        rows.map((sets) => {
          const [first] = sets;
          if (first === undefined) throw new OodError('internal', 'a group has a method without a cell');
          const { method, auroc, splitOrder } = first;
          return {
            ...{ method, auroc, splitOrder },
            read: (kind: 'own' | 'shared') => sets.map((row) => files.placements(row, kind)),
          };
        }),
      ),
    ]);
  } finally {
    files.close();
  }
}
