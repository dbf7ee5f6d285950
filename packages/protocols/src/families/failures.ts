import { augrcOfCounts, aurcOfCounts, excessAurcOfCounts } from '@oodgrid/stats';
import { AUGRC, AURC, EXCESS_AURC } from './cites.js';
import { type ClassifiedMetric, type MetricFamily, rightOf } from './family.js';

type Failures = (
  id: Float64Array,
  ood: Float64Array,
  wrong: Float64Array,
) => readonly [Float64Array, Float64Array];

const METRICS = [
  { key: 'aurc', title: 'AURC', of: aurcOfCounts },
  { key: 'eaurc', title: 'E-AURC', of: excessAurcOfCounts },
  { key: 'augrc', title: 'AUGRC', of: augrcOfCounts },
] as const;

/** The three areas, `failures` telling samples that are classified rightly from failures. */
function metricsOf(
  suffix: string,
  mark: string,
  note: string,
  failures: Failures,
): readonly ClassifiedMetric[] {
  return METRICS.map(({ key, title, of }) => ({
    key: `${key}${suffix}`,
    title: `${title}${mark}`,
    isLowerBetter: true,
    positive: 'id',
    note,
    of: (id, ood, wrong) => of(...failures(id, ood, wrong)),
  }));
}

/** All OOD samples, and the ID ones that are classified wrongly. */
function failedOf(ood: Float64Array, wrong: Float64Array): Float64Array {
  const failed = new Float64Array(ood.length);
  for (let group = 0; group < failed.length; group++)
    failed[group] = (ood[group] ?? Number.NaN) + (wrong[group] ?? Number.NaN);
  return failed;
}

/** Samples that are accepted though the prediction is wrong: ID samples that are classified wrongly, and every OOD sample. */
export const failureDetection: MetricFamily = {
  name: 'failure-detection',
  measures:
    'whether scores tell ID samples that are classified rightly from those that are not and from OOD samples; depends on the sizes of both sets',
  metrics: metricsOf(
    '',
    '',
    'wrongly classified ID samples and all OOD samples are failures',
    (id, ood, wrong) => [rightOf(id, wrong), failedOf(ood, wrong)],
  ),
  isOfModels: false,
  cites: [AURC, EXCESS_AURC, AUGRC],
};

/** The same without OOD samples. */
export const misclassification: MetricFamily = {
  name: 'misclassification',
  measures: 'the same among ID test samples alone; a row has the same numbers beside every OOD set',
  metrics: metricsOf(
    'Id',
    ' (ID)',
    'of ID samples alone, wrongly classified ones are failures',
    (id, _ood, wrong) => [rightOf(id, wrong), wrong],
  ),
  isOfModels: false,
  cites: [AURC, EXCESS_AURC, AUGRC],
};
