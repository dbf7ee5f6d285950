/** What readers must know of a metric to show it. */
export interface MetricSpec<Key extends string = string> {
  /** Its name in `cells[].metrics`. */
  readonly key: Key;
  /** Its name as the field prints it. */
  readonly title: string;
  readonly isLowerBetter: boolean;
  /** The class that counts as positive. */
  readonly positive: 'id' | 'ood';
}

/** Every metric of a cell, in the order of tables. All are shares in [0, 1]; the first is the one that rows are ranked by. */
export const METRIC_SPECS = [
  { key: 'auroc', title: 'AUROC', isLowerBetter: false, positive: 'id' },
  { key: 'auprIn', title: 'AUPR-IN', isLowerBetter: false, positive: 'id' },
  { key: 'auprOut', title: 'AUPR-OUT', isLowerBetter: false, positive: 'ood' },
  { key: 'fpr80', title: 'FPR80', isLowerBetter: true, positive: 'id' },
  { key: 'fpr95', title: 'FPR95', isLowerBetter: true, positive: 'id' },
  { key: 'tnr95', title: 'TNR95', isLowerBetter: false, positive: 'id' },
  { key: 'detacc', title: 'DetAcc', isLowerBetter: false, positive: 'id' },
] as const satisfies readonly MetricSpec[];

export type MetricKey = (typeof METRIC_SPECS)[number]['key'];
