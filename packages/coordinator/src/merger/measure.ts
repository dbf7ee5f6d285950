import { type CellMetric, OodError } from '@oodgrid/contract';
import type { ClassifiedMetric, Metric, Protocol } from '@oodgrid/protocols';
import {
  aurocInterval,
  BootstrapDraws,
  type BootstrapIntervals,
  bootstrapGroups,
  bootstrapRanked,
  type Interval,
  type Placements,
  placementsOf,
  type RankedScores,
  withBorder,
} from '@oodgrid/stats';

export interface MeasureOptions {
  readonly seed: number;
  readonly bootstrapReplicates: number;
  /** Metrics beside the protocol's; they need to know which ID samples are classified wrongly. */
  readonly families: readonly ClassifiedMetric[];
}

/** The scores of a cell, and of each ID sample whether it is classified wrongly. */
export interface MeasuredScores {
  readonly ranked: RankedScores;
  readonly isWrong?: Uint8Array;
}

/** Metrics of one cell, and the data for its paired tests. */
export interface Measured {
  readonly metrics: Readonly<Record<string, CellMetric>>;
  readonly placements: Placements;
}

/**
 * Measures cells by the protocol's metrics: the first, the AUROC, with DeLong's interval; those with a walk by the bootstrap's walks along
 * the ranks; the others by their own function on the counts of every replicate. Cells of one size share the bootstrap's draws. In the
 * order of the cells.
 */
export function measureCells(
  { metrics }: Pick<Protocol, 'metrics'>,
  cells: readonly MeasuredScores[],
  options: MeasureOptions,
): Measured[] {
  const { families } = options;
  const hasWalk = metrics.some(({ walk }) => walk !== undefined);
  const plain = [...metrics.slice(1).filter(({ walk }) => walk === undefined), ...families];
  const out = new Map<number, Measured>();
  for (const positions of bySize(cells)) {
    const group = positions.flatMap((i) => cells[i] ?? []);
    const [first] = group;
    if (first === undefined) continue;
    const draws = drawsOf(options, first.ranked.idGroup.length, first.ranked.oodGroup.length);
    const scores = group.map(({ ranked }) => ranked);
    const walked = hasWalk ? bootstrapRanked(scores, draws) : [];
    for (const [k, { ranked, isWrong }] of group.entries()) {
      if (families.length > 0 && isWrong === undefined)
        throw new OodError('internal', 'a cell has no predictions, which its metrics need');
      const functions = plain.map(({ of }) => of);
      const drawn = plain.length === 0 ? [] : bootstrapGroups(ranked, draws, functions, { isWrong });
      const byPlain = new Map(plain.map((metric, i) => [metric, drawn[i]] as const));
      const all: readonly (Metric | ClassifiedMetric)[] = [...metrics, ...families];
      out.set(positions[k] ?? -1, measured(all, ranked, walked[k], byPlain));
    }
  }
  return cells.map((_, i) => {
    const one = out.get(i);
    if (one === undefined) throw new OodError('internal', `cell ${i} was not measured`);
    return one;
  });
}

function measured(
  metrics: readonly (Metric | ClassifiedMetric)[],
  ranked: RankedScores,
  walked: BootstrapIntervals | undefined,
  drawn: ReadonlyMap<Metric | ClassifiedMetric, Interval | undefined>,
): Measured {
  const placements = placementsOf(ranked);
  const auroc = aurocInterval(placements);
  const bordered = walked === undefined ? undefined : withBorder(ranked, auroc, walked);
  const of = (metric: Metric | ClassifiedMetric, i: number): CellMetric => {
    if (i === 0) return cellMetric(auroc, 'delong');
    if ('walk' in metric && metric.walk !== undefined)
      return cellMetric(bordered?.[metric.walk], 'bootstrap-border');
    return cellMetric(drawn.get(metric), 'bootstrap');
  };
  return { metrics: Object.fromEntries(metrics.map((metric, i) => [metric.key, of(metric, i)])), placements };
}

function cellMetric(interval: Interval | undefined, how: CellMetric['how']): CellMetric {
  if (interval === undefined) throw new OodError('internal', 'a metric was not measured');
  const { value, low, high } = interval;
  // All replicates may lie on one side of what was measured.
  return { estimate: value, interval: { low: Math.min(low, value), high: Math.max(high, value) }, how };
}

/** Positions of the cells of each size. */
function bySize(cells: readonly MeasuredScores[]): Iterable<readonly number[]> {
  const groups = new Map<string, number[]>();
  for (const [i, { ranked }] of cells.entries()) {
    const { idGroup, oodGroup } = ranked;
    const size = `${idGroup.length},${oodGroup.length}`;
    const known = groups.get(size);
    if (known === undefined) groups.set(size, [i]);
    else known.push(i);
  }
  return groups.values();
}

/** Draws of the size that was asked for last: most cells of a grid have one. */
let lastDraws: { readonly key: string; readonly draws: BootstrapDraws } | undefined;

function drawsOf({ seed, bootstrapReplicates }: MeasureOptions, n: number, m: number): BootstrapDraws {
  const key = [seed, bootstrapReplicates, n, m].join();
  if (lastDraws?.key !== key) lastDraws = { key, draws: new BootstrapDraws(seed, bootstrapReplicates, n, m) };
  return lastDraws.draws;
}
