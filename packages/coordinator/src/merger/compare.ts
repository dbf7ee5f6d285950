import type { Comparison } from '@oodgrid/contract';
import { type Placements, pairedOfPlacements } from '@oodgrid/stats';
import type { PlannedCell } from '../planner/plan.js';

/**
 * Paired tests of one run beyond which rows are no longer tested each with each, but each with the best row of its
 * pair and model alone: that is what tables mark, and it grows with the rows instead of their square.
 */
const MAX_PAIRS = 100_000;

/** Rows that are compared with each other: cells of one pair and model, by their position in the plan. */
export type ComparedGroup = readonly number[];

/** Cells by pair and model, in the plan's order. */
export function comparedGroups(cells: readonly PlannedCell[]): readonly ComparedGroup[] {
  const groups = new Map<string, number[]>();
  for (const [i, { id, ood, model }] of cells.entries()) {
    const key = JSON.stringify([id, ood, model]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [i]);
    else known.push(i);
  }
  return [...groups.values()];
}

/** Whether every two rows are tested in a run of these groups. */
export function isEveryPairTested(groups: readonly ComparedGroup[]): boolean {
  return groups.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0) <= MAX_PAIRS;
}

/** The part of a merged cell that its paired tests need. */
export interface ComparedRow {
  readonly method: string;
  readonly auroc: number;
  readonly splitOrder: PlannedCell['splitOrder'];
}

/** Which placements of a row a test reads: those of all its test samples, or of those that rows of the other order have too. */
export type PlacementKind = 'own' | 'shared';

/**
 * DeLong's paired test between rows of one pair and model. Rows split their samples in file order or permuted:
 * only samples that both have count, and without any there is no test. `read` returns a row's placements in the
 * order of the file; each was made once, whatever the number of tests.
 */
export function* compareRows(
  group: Pick<PlannedCell, 'id' | 'ood' | 'model'>,
  rows: readonly ComparedRow[],
  isEveryPair: boolean,
  read: (row: number, kind: PlacementKind) => Placements,
): Generator<Comparison> {
  const best = bestOf(rows);
  const { id, ood, model } = group;
  for (const [i, a] of rows.entries()) {
    let own: Placements | undefined;
    let shared: Placements | undefined;
    for (let j = i + 1; j < rows.length; j++) {
      const b = rows[j];
      if (b === undefined || !(isEveryPair || i === best || j === best)) continue;
      const kind = a.splitOrder === b.splitOrder ? 'own' : 'shared';
      if (kind === 'own') own ??= read(i, kind);
      else shared ??= read(i, kind);
      const ofA = kind === 'own' ? own : shared;
      const ofB = read(j, kind);
      if (ofA === undefined || ofB.id.length === 0 || ofB.ood.length === 0) continue;
      const { difference, p, log10P } = pairedOfPlacements(ofA, ofB);
      const samples = { samplesId: ofB.id.length, samplesOod: ofB.ood.length };
      yield { id, ood, model, a: a.method, b: b.method, difference, p, log10P, ...samples };
    }
  }
}

/** The row of the highest AUROC, the first among equals. */
function bestOf(rows: readonly ComparedRow[]): number {
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (const [i, { auroc }] of rows.entries()) {
    if (auroc <= highest) continue;
    highest = auroc;
    best = i;
  }
  return best;
}
