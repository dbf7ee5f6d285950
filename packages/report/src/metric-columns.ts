import type { CellMetrics } from '@oodgrid/protocol';

export type MetricKey = keyof CellMetrics;

export interface MetricColumn {
  readonly key: MetricKey;
  readonly title: string;
  readonly isLowerBetter: boolean;
}

/** The table's columns. ID is the positive class in all of them but AUPR-OUT. */
export const METRIC_COLUMNS: readonly MetricColumn[] = [
  { key: 'auroc', title: 'AUROC', isLowerBetter: false },
  { key: 'auprIn', title: 'AUPR-IN', isLowerBetter: false },
  { key: 'auprOut', title: 'AUPR-OUT', isLowerBetter: false },
  { key: 'fpr80', title: 'FPR80', isLowerBetter: true },
  { key: 'fpr95', title: 'FPR95', isLowerBetter: true },
  { key: 'tnr95', title: 'TNR95', isLowerBetter: false },
  { key: 'detacc', title: 'DetAcc', isLowerBetter: false },
];

/** Percent with two decimals, as the field prints them. */
export const percent = (value: number): string => (100 * value).toFixed(2);

export const METRICS_NOTE =
  "In percent. ID is the positive class (AUPR-OUT: OOD). AUROC has a 95 % interval (DeLong's, with Newcombe's at the border), the others a stratified bootstrap's.";
