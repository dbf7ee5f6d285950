import { METRIC_SPECS } from '@oodgrid/protocol';

/** Percent with two decimals, as the field prints them. */
export const percent = (value: number): string => (100 * value).toFixed(2);

const OOD_POSITIVE = METRIC_SPECS.filter(({ positive }) => positive === 'ood').map(({ title }) => title);

export const METRICS_NOTE = `In percent. ID is the positive class (${OOD_POSITIVE.join(', ')}: OOD). AUROC has a 95 % interval (DeLong's, with Newcombe's at the border), the others a stratified bootstrap's with score intervals at the border.`;
