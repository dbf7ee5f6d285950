import { auprInOpenood, auprOutOpenood, auroc, fpr95Openood, type Metric } from '@oodgrid/protocols';
import { groupRows, openoodCsv } from '@oodgrid/report';
import { countGroups, rankScores } from '@oodgrid/stats';

/** Confidences of one training seed: of the ID test set, and of OOD sets by `near/tin`. */
export interface SeedScores {
  readonly accuracy: number;
  readonly id: Float64Array;
  readonly sets: ReadonlyMap<string, Float64Array>;
}

const COLUMNS: readonly (readonly [string, Metric])[] = [
  ['FPR@95', fpr95Openood],
  ['AUROC', auroc],
  ['AUPR_IN', auprInOpenood],
  ['AUPR_OUT', auprOutOpenood],
];

/** In the columns of OpenOOD's file. */
export function openoodMetrics(id: Float64Array, ood: Float64Array): number[] {
  const { idGroup, oodGroup, thresholds } = rankScores(id, ood);
  const counts = [idGroup, oodGroup].map((group) => countGroups(group, thresholds.length));
  const [idCounts = new Float64Array(), oodCounts = new Float64Array()] = counts;
  return COLUMNS.map(([, metric]) => metric.of(idCounts, oodCounts));
}

/** The file that OpenOOD writes, from the confidences of every sample. */
export function csvOfScores(seeds: readonly SeedScores[]): string {
  const names = [...(seeds[0]?.sets.keys() ?? [])];
  const sets = names.map((name) => {
    const [group = '', set = ''] = name.split('/');
    const values = seeds.map(({ accuracy, id, sets }) => [
      ...openoodMetrics(id, sets.get(name) ?? new Float64Array()),
      accuracy,
    ]);
    return { set, group, seeds: values };
  });
  return openoodCsv([...COLUMNS.map(([title]) => title), 'ACC'], groupRows(sets));
}
