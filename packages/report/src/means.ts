import { type GroupMean, type MetricSpec, metricOf, RANKED_BY, type Results } from '@oodgrid/contract';
import { type GroupRow, groupRows, type SeedMean, seedMean } from './group-means.js';
import { percent } from './percent.js';

/** What was measured of one method over the OOD sets of an ID set and the training seeds of a model. */
export interface MethodMeans {
  readonly method: string;
  readonly title: string;
  /** Sets and groups, group by group; sets without a group come last. */
  readonly rows: readonly GroupRow[];
}

/** Methods of one ID set and of one model, or of several that differ by the seed of their training. */
export interface Means {
  readonly id: string;
  /** The model's name, or what its seeds are called together. */
  readonly model: string;
  readonly seeds: number;
  /** Of the ID test set; absent where it was not measured for every seed. */
  readonly accuracy?: SeedMean;
  readonly methods: readonly MethodMeans[];
  /** Interval and test of a method's mean AUROC over a group; undefined where there are several seeds, whose spread is the larger error. */
  groupMean(method: string, group: string): GroupMean | undefined;
}

/** Empty where a grid has neither groups nor training seeds: a table of means would say what the others say. */
export function meansOf(results: Results): readonly Means[] {
  const { cells, groups, trainingSeeds } = results;
  if (groups.length === 0 && trainingSeeds.length === 0) return [];
  const cellAt = new Map(cells.map((cell) => [key(cell.id, cell.ood, cell.model, cell.method), cell]));
  const groupAt = new Map(groups.map(({ id, ood, group }) => [key(id, ood), group]));
  const meanAt = new Map(
    results.groupMeans.map((one) => [key(one.id, one.model, one.group, one.method), one]),
  );
  const titles = new Map(cells.map(({ method, title }) => [method, title]));
  return distinct(cells, ({ id }) => id).flatMap((id) => {
    const own = cells.filter((cell) => cell.id === id);
    const sets = distinct(own, ({ ood }) => ood);
    return families(own, trainingSeeds).map(({ name, models }): Means => {
      const values = (method: string, set: string) => {
        const seeds = models.map((model) => {
          const cell = cellAt.get(key(id, set, model, method));
          return results.metrics.map((metric) =>
            cell === undefined ? Number.NaN : metricOf(cell, metric.key).estimate,
          );
        });
        return { set, group: groupAt.get(key(id, set)) ?? NO_GROUP, seeds };
      };
      const accuracies = models.flatMap((model) =>
        results.accuracies.flatMap((one) =>
          one.model === model && one.id === id ? [one.accuracy.value] : [],
        ),
      );
      const methods = [...titles].map(([method, title]): MethodMeans => {
        const measured = sets.map((set) => values(method, set));
        const ordered = [
          ...measured.filter(({ group }) => group !== NO_GROUP),
          ...measured.filter(({ group }) => group === NO_GROUP),
        ];
        const rows = groupRows(ordered).filter((row) => !(row.isGroup && row.name === NO_GROUP));
        return { method, title, rows };
      });
      const accuracy = accuracies.length === models.length ? { accuracy: seedMean(accuracies) } : {};
      const [model, ...others] = models;
      const groupMean = (method: string, group: string) =>
        model === undefined || others.length > 0 ? undefined : meanAt.get(key(id, model, group, method));
      return { id, model: name, seeds: models.length, ...accuracy, methods, groupMean };
    });
  });
}

/** No group of a grid is called so. */
const NO_GROUP = '';

const key = (...names: readonly string[]): string => JSON.stringify(names);

const distinct = <T>(list: readonly T[], of: (one: T) => string): readonly string[] => [
  ...new Set(list.map(of)),
];

/** The models of some cells, those together that differ by their seed; a model without others is a family of its own. */
function families(
  cells: Results['cells'],
  trainingSeeds: Results['trainingSeeds'],
): readonly { readonly name: string; readonly models: readonly string[] }[] {
  const found = new Map<string, readonly string[]>();
  for (const model of distinct(cells, (cell) => cell.model)) {
    const family = trainingSeeds.find(({ models }) => models.includes(model));
    found.set(family?.name ?? model, family?.models ?? [model]);
  }
  return [...found].map(([name, models]) => ({ name, models }));
}

/** A table of means as texts: the groups, or the sets where there is no group. */
export interface MeansTable {
  readonly title: string;
  readonly head: readonly { readonly name: string; readonly metric: MetricSpec }[];
  readonly rows: readonly {
    readonly title: string;
    readonly entries: readonly { readonly text: string; readonly isBest: boolean }[];
  }[];
  /** Rows that are left out: those with the lowest AUROC in the first column. */
  readonly left: number;
}

export function meansTables(results: Results, maxRows = Number.POSITIVE_INFINITY): readonly MeansTable[] {
  const { metrics } = results;
  return meansOf(results).map(({ id, model, seeds, accuracy, methods, groupMean }): MeansTable => {
    const hasGroups = (methods[0]?.rows ?? []).some(({ isGroup }) => isGroup);
    const shown = methods.map(({ method, title, rows }) => ({
      method,
      title,
      rows: rows.filter(({ isGroup }) => isGroup === hasGroups),
    }));
    const ranked = shown.map((_, i) => i).sort((a, b) => first(shown[b]?.rows) - first(shown[a]?.rows));
    const kept = new Set(ranked.slice(0, maxRows));
    const head = (shown[0]?.rows ?? []).flatMap(({ name }) => metrics.map((metric) => ({ name, metric })));
    const columns = shown.map(({ rows }) => rows.flatMap(({ values }) => values));
    const best = head.map(({ metric }, column) =>
      percent(
        columns.reduce(
          (found, values) => {
            const value = values[column]?.mean ?? Number.NaN;
            return metric.isLowerBetter ? Math.min(found, value) : Math.max(found, value);
          },
          metric.isLowerBetter ? Infinity : -Infinity,
        ),
      ),
    );
    const text = (value: SeedMean) =>
      seeds > 1 ? `${percent(value.mean)} ± ${percent(value.sd)}` : percent(value.mean);
    const ofSeeds = seeds > 1 ? ` (${seeds} training seeds)` : '';
    const ofAccuracy = accuracy === undefined ? '' : `, ID accuracy ${text(accuracy)}`;
    return {
      title: `${id}, ${model}${ofSeeds}: ${hasGroups ? 'means of groups' : 'means over seeds'}${ofAccuracy}`,
      head,
      rows: shown.flatMap((row, i) =>
        kept.has(i)
          ? [
              {
                title: row.title,
                entries: (columns[i] ?? []).map((value, column) => ({
                  text: withInterval(text(value), row.method, head[column], groupMean),
                  isBest: percent(value.mean) === best[column],
                })),
              },
            ]
          : [],
      ),
      left: shown.length - kept.size,
    };
  });
}

/** `~95.41 (95.02-95.80)`: with the interval of a group's AUROC, and the mark of one that is not told from the best. */
function withInterval(
  text: string,
  method: string,
  column: MeansTable['head'][number] | undefined,
  groupMean: Means['groupMean'],
): string {
  const mean = column?.metric.key === RANKED_BY ? groupMean(method, column.name) : undefined;
  if (mean === undefined) return text;
  const { auroc, toBest } = mean;
  return `${toBest !== null && toBest.p >= LEVEL ? '~' : ''}${text} (${percent(auroc.low)}-${percent(auroc.high)})`;
}

/** Means with this p and above are marked as not told from the best. */
const LEVEL = 0.05;

/** What rows are ranked by: the first metric, the AUROC, of the first group or set. */
const first = (rows: readonly GroupRow[] = []): number => rows[0]?.values[0]?.mean ?? Number.NaN;

/** What stands below tables of means. */
export const meansNote = ({
  trainingSeeds,
  groupMeans,
}: Pick<Results, 'trainingSeeds' | 'groupMeans'>): string =>
  `A group's mean is that of its sets, whatever their sizes${trainingSeeds.some(({ models }) => models.length > 1) ? '; ± is the population standard deviation over training seeds, of which each has its own means' : ''}.${groupMeans.length === 0 ? '' : " Its AUROC has DeLong's interval over all of its sets, whose ID samples are the same; ~: not significantly different from the best mean (paired, p >= 0.05)."}`;
