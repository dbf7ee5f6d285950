import type { MetricRow, Program } from './metric-row.js';
import { COMMON } from './table/common.js';
import { COORDINATOR_CLUSTER } from './table/coordinator-cluster.js';
import { COORDINATOR_WORK } from './table/coordinator-work.js';
import { WORKER } from './table/worker.js';

/**
 * Every metric by its name: the only place that knows name, type, help, labels, unit and buckets. What processes offer, dashboards,
 * rules and the table in docs/metrics.md are made from it.
 */
export const METRICS = { ...COMMON, ...COORDINATOR_WORK, ...COORDINATOR_CLUSTER, ...WORKER } as const;

export type MetricName = keyof typeof METRICS;

type Names<K extends MetricRow['kind']> = {
  [N in MetricName]: (typeof METRICS)[N]['kind'] extends K ? N : never;
}[MetricName];
export type NumberName = Names<'counter' | 'gauge'>;
export type HistogramName = Names<'histogram'>;

/** Labels of a metric: one of the listed values where its label has a closed list. */
export type LabelsOf<N extends MetricName> = {
  readonly [L in keyof (typeof METRICS)[N]['labels']]: (typeof METRICS)[N]['labels'][L] extends readonly (infer V)[]
    ? V
    : string;
};

/** A row of the table, without its own literal types. */
export const rowOf = (name: MetricName): MetricRow => METRICS[name];

/** Names of the table that a program offers, in the table's order. */
export function metricsOf(program: Program): readonly MetricName[] {
  return NAMES.filter((name) => rowOf(name).of.includes(program));
}

const isMetricName = (name: string): name is MetricName => Object.hasOwn(METRICS, name);
const NAMES = Object.keys(METRICS).filter(isMetricName);
