import type { BucketCounts } from './bucket-counts.js';
import type { LabelValues } from './metric-row.js';
import {
  type HistogramName,
  type LabelsOf,
  type MetricName,
  type NumberName,
  rowOf,
} from './metric-table.js';

/** Value of a label that stands for all values beyond its limit. */
const OTHER = 'other';

/** Longer label values are cut: some are made of names that users give. */
const MAX_LENGTH = 120;

type Labels = Readonly<Record<string, string>>;

export interface NumberSample {
  readonly labels: Labels;
  value: number;
}
export interface HistogramSample {
  readonly labels: Labels;
  /** Per bucket, not cumulative. */
  readonly counts: Float64Array;
  sum: number;
}

/** The values of one scrape. Whatever labels it is given, it holds no more series than the table allows. */
export class SampleSet {
  readonly #numbers = new Map<MetricName, Map<string, NumberSample>>();
  readonly #histograms = new Map<MetricName, Map<string, HistogramSample>>();
  /** Values of open labels that were seen, by metric and label. */
  readonly #seen = new Map<string, Set<string>>();

  /** Adds to a series, which begins at 0. */
  add<N extends NumberName>(name: N, labels: LabelsOf<N> & Labels, value: number): void {
    const bounded = this.#bounded(name, labels);
    if (bounded === undefined) return;
    const series = within(this.#numbers, name, () => new Map<string, NumberSample>());
    const key = JSON.stringify(bounded);
    const known = series.get(key);
    if (known !== undefined) known.value += value;
    else if (series.size < mostSeries(name)) series.set(key, { labels: bounded, value });
  }

  addBuckets<N extends HistogramName>(
    name: N,
    labels: LabelsOf<N> & Labels,
    { counts, sum }: BucketCounts,
  ): void {
    const bounded = this.#bounded(name, labels);
    if (bounded === undefined) return;
    const series = within(this.#histograms, name, () => new Map<string, HistogramSample>());
    const key = JSON.stringify(bounded);
    const known = series.get(key);
    if (known === undefined) {
      series.set(key, { labels: bounded, counts: counts.slice(), sum });
      return;
    }
    for (const [bucket, count] of counts.entries()) {
      known.counts[bucket] = (known.counts[bucket] ?? 0) + count;
    }
    known.sum += sum;
  }

  numbersOf(name: MetricName): Iterable<NumberSample> {
    return this.#numbers.get(name)?.values() ?? [];
  }

  histogramsOf(name: MetricName): Iterable<HistogramSample> {
    return this.#histograms.get(name)?.values() ?? [];
  }

  /** Undefined where the sample is left out. */
  #bounded(name: MetricName, labels: Labels): Labels | undefined {
    const bounded: Record<string, string> = {};
    for (const [label, values] of Object.entries(rowOf(name).labels)) {
      const value = this.#boundedValue(`${name}/${label}`, values, labels[label] ?? '');
      if (value === undefined) return undefined;
      bounded[label] = value;
    }
    return bounded;
  }

  #boundedValue(place: string, values: LabelValues, value: string): string | undefined {
    if (!('most' in values)) return values.includes(value) ? value : OTHER;
    const cut = value.length > MAX_LENGTH ? `${value.slice(0, MAX_LENGTH - 1)}…` : value;
    const seen = within(this.#seen, place, () => new Set<string>());
    if (!seen.has(cut) && seen.size >= values.most) return values.beyond === 'other' ? OTHER : undefined;
    seen.add(cut);
    return cut;
  }
}

/** Series that a metric can have at most. A closed list has `other` beside it, for a value that a later version knows. */
export function mostSeries(name: MetricName): number {
  const { labels, mostSeries: limit = Number.POSITIVE_INFINITY } = rowOf(name);
  const product = Object.values(labels).reduce((sum, values) => sum * mostValues(values), 1);
  return Math.min(limit, product);
}

function mostValues(values: LabelValues): number {
  if (!('most' in values)) return values.length + 1;
  return values.beyond === 'other' ? values.most + 1 : values.most;
}

function within<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}
