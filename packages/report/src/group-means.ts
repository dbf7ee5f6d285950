/** Values of one OOD set: for each training seed, one of every metric. */
export interface SetValues {
  readonly set: string;
  readonly group: string;
  readonly seeds: readonly (readonly number[])[];
}

/** A metric over training seeds: mean and population standard deviation, which is 0 for one seed. */
export interface SeedMean {
  readonly mean: number;
  readonly sd: number;
}

export interface GroupRow {
  /** The set's name, or the group's. */
  readonly name: string;
  /** Whether it is the mean over the sets of a group. */
  readonly isGroup: boolean;
  /** One for each metric. */
  readonly values: readonly SeedMean[];
}

/**
 * Rows of a table of OpenOOD: the sets of a group and then the group, group by group. A group's value is, for each training seed, the
 * unweighted mean over its sets, whatever their sizes; only then are seeds averaged.
 */
export function groupRows(sets: readonly SetValues[]): readonly GroupRow[] {
  const groups = [...new Set(sets.map(({ group }) => group))];
  return groups.flatMap((group) => {
    const own = sets.filter((one) => one.group === group);
    const [first] = own;
    const ofGroup = (first?.seeds ?? []).map((values, seed) =>
      values.map((_, metric) => mean(own.map(({ seeds }) => seeds[seed]?.[metric] ?? Number.NaN))),
    );
    return [
      ...own.map(({ set, seeds }) => ({ name: set, isGroup: false, values: overSeeds(seeds) })),
      { name: group, isGroup: true, values: overSeeds(ofGroup) },
    ];
  });
}

function overSeeds(seeds: readonly (readonly number[])[]): readonly SeedMean[] {
  const [first = []] = seeds;
  return first.map((_, metric) => seedMean(seeds.map((seed) => seed[metric] ?? Number.NaN)));
}

/** Of one value for each training seed. */
export function seedMean(values: readonly number[]): SeedMean {
  const middle = mean(values);
  return { mean: middle, sd: Math.sqrt(mean(values.map((value) => (value - middle) ** 2))) };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The file that OpenOOD's evaluator writes: shares in percent, `mean ± population standard deviation`; groups are `nearood` and `farood`. */
export function openoodCsv(titles: readonly string[], rows: readonly GroupRow[]): string {
  const cell = ({ mean, sd }: SeedMean) => `${(100 * mean).toFixed(2)} ± ${(100 * sd).toFixed(2)}`;
  const lines = rows.map(({ name, isGroup, values }) =>
    [isGroup ? `${name}ood` : name, ...values.map(cell)].join(','),
  );
  return `${[['', ...titles].join(','), ...lines].join('\n')}\n`;
}
