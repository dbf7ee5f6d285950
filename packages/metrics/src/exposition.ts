import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LabelValues, MetricRow, Program } from './metric-row.js';
import { type MetricName, metricsOf, rowOf } from './metric-table.js';
import type { HistogramSample, SampleSet } from './sample-set.js';

const NAME_PREFIX = 'oodgrid_';

/** Gauges of prom-client with the suffix of counters, which Prometheus's own check does not accept. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
] as const;

/** A histogram whose buckets were counted elsewhere. */
class CountedHistogram extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  #samples: readonly HistogramSample[] = [];

  constructor(name: string, help: string, bounds: readonly number[], registry: Registry) {
    super({ name, help, buckets: [...bounds], registers: [registry] });
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  fill(samples: readonly HistogramSample[]): void {
    this.#samples = samples;
  }

  /** Returns the histogram's values in the form that prom-client's own histograms return. */
  async getForPromString() {
    const values = this.#samples.flatMap(({ labels: sharedLabels, counts, sum }) => {
      let count = 0;
      const buckets = [...counts].map((inBucket, i) => {
        count += inBucket;
        const le = this.#bounds[i] ?? '+Inf';
        return { metricName: `${this.#name}_bucket`, labels: { le }, sharedLabels, value: count };
      });
      const of = { labels: {}, sharedLabels };
      const total = { metricName: `${this.#name}_count`, ...of, value: count };
      return [...buckets, { metricName: `${this.#name}_sum`, ...of, value: sum }, total];
    });
    return { name: this.#name, help: this.#help, type: 'histogram', values };
  }
}

type Offered =
  | { readonly kind: 'counter'; readonly metric: Counter }
  | { readonly kind: 'gauge'; readonly metric: Gauge }
  | { readonly kind: 'histogram'; readonly metric: CountedHistogram };

function offer(name: string, spec: MetricRow, registry: Registry): Offered {
  const { help } = spec;
  const options = { name, help, labelNames: Object.keys(spec.labels), registers: [registry] };
  if (spec.kind === 'histogram') {
    return { kind: 'histogram', metric: new CountedHistogram(name, help, spec.buckets, registry) };
  }
  return spec.kind === 'counter'
    ? { kind: 'counter', metric: new Counter(options) }
    : { kind: 'gauge', metric: new Gauge(options) };
}

/** Every combination of labels that have closed lists; none where a label is open. */
function closedLabels({ labels }: MetricRow): readonly Record<string, string>[] {
  let combinations: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries<LabelValues>(labels)) {
    const list = 'most' in values ? [] : values;
    combinations = combinations.flatMap((one) => list.map((value) => ({ ...one, [label]: value })));
  }
  return combinations;
}

/** The metrics of a program for Prometheus. Nothing is kept between scrapes: each is filled from the program's state. */
export class Exposition {
  readonly #registry = new Registry();
  readonly #offered: ReadonlyMap<MetricName, Offered>;
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  constructor(program: Program) {
    // What Node tells of itself: memory, processor time, delay of the event loop, garbage collections.
    collectDefaultMetrics({ register: this.#registry, prefix: NAME_PREFIX });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(`${NAME_PREFIX}${name}`);
    this.#offered = new Map(
      metricsOf(program).map((name) => [name, offer(name, rowOf(name), this.#registry)] as const),
    );
  }

  /** The text of a scrape. */
  async text(samples: SampleSet): Promise<string> {
    for (const [name, { kind, metric }] of this.#offered) {
      if (kind === 'histogram') {
        metric.fill([...samples.histogramsOf(name)]);
        continue;
      }
      metric.reset();
      // A series that begins with its first event has no increase: those that can be named begin at 0.
      if (kind === 'counter') for (const labels of closedLabels(rowOf(name))) metric.inc(labels, 0);
      for (const { labels, value } of samples.numbersOf(name)) {
        if (kind === 'counter') metric.inc({ ...labels }, value);
        else metric.set({ ...labels }, value);
      }
    }
    return this.#registry.metrics();
  }
}
