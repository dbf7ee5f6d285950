import type { Cell, Comparison, Results } from '@oodgrid/contract';
import { sampleResults } from './sample-results.js';

export interface LargeRun {
  readonly groups: number;
  readonly rows: number;
  /** Paired tests of each two rows of a group, or of each row with the best one alone. */
  readonly isEveryPair?: boolean;
}

/** Results of a run of that size; within a group, rows rise in AUROC up to the last one. */
export function largeResults({ groups, rows, isEveryPair = false }: LargeRun): Results {
  const sample = sampleResults();
  const [model] = sample.cells;
  if (model === undefined) throw new Error('a sample without cells');
  const cells: Cell[] = [];
  const comparisons: Comparison[] = [];
  for (let g = 0; g < groups; g++) {
    const names = { id: 'clothes', ood: `set${g}`, model: 'net' };
    for (let row = 0; row < rows; row++) {
      const estimate = 0.5 + (0.4 * row) / rows;
      const interval = { low: estimate - 0.01, high: estimate + 0.01 };
      const auroc = { estimate, interval, how: 'delong' } as const;
      const file = `scores/set${g}-row${row}.npz`;
      cells.push({
        ...model,
        ...names,
        method: `row${row}`,
        title: `Row ${row}`,
        metrics: { ...model.metrics, auroc },
        scores: { ...model.scores, file },
      });
    }
    for (let a = 0; a < rows; a++) {
      for (let b = isEveryPair ? a + 1 : Math.max(a + 1, rows - 1); b < rows; b++) {
        const p = b - a < 3 ? 0.4 : 0;
        const log10P = p === 0 ? -400 - (b - a) : Math.log10(p);
        const samples = { samplesId: 100, samplesOod: 100 };
        const difference = (0.4 * (a - b)) / rows;
        comparisons.push({ ...names, a: `row${a}`, b: `row${b}`, difference, p, log10P, ...samples });
      }
    }
  }
  return { ...sample, cells, comparisons };
}

/** The same results, counting how often a paired test is looked at. */
export function countingReads(results: Results): { readonly results: Results; readonly reads: () => number } {
  let reads = 0;
  const comparisons = results.comparisons.map(
    (comparison): Comparison => ({
      ...comparison,
      get id() {
        reads++;
        return comparison.id;
      },
    }),
  );
  return { results: { ...results, comparisons }, reads: () => reads };
}
