import { OodError, quote, type Results, suggestion } from '@oodgrid/contract';
import type { SeedMean } from '../group-means.js';
import { type Means, meansOf } from '../means.js';
import { OPENOOD_V15 } from './openood-v15.js';

/** Collections of published numbers that a run is put beside. */
export const PUBLISHED = ['openood-v1.5'] as const;

/** What the published numbers call a method, where that is not its name here in capitals of their own. */
const METHODS: Readonly<Record<string, string>> = {
  MSP: 'baseline',
  EBO: 'energy',
  MLS: 'max-logit',
  KLM: 'kl-matching',
  RMDS: 'relative-mahalanobis',
  'i-ODIN': 'iodin',
};
/** Published under a name that is a method's here too, with another score: theirs has four layers, ours the penultimate one. */
const OTHERS: readonly string[] = ['NAC'];

/** A published number in percent: the mean over training seeds, and the standard deviation where there were several. */
export interface PublishedNumber {
  readonly mean: number;
  readonly sd: number | null;
}

/** A method's means of the run beside the published ones; either may be absent. */
export interface PublishedRow {
  /** Its title here, or its published name. */
  readonly title: string;
  readonly method: string | null;
  readonly published: string | null;
  readonly near: { readonly here: SeedMean | null; readonly published: PublishedNumber | null };
  readonly far: { readonly here: SeedMean | null; readonly published: PublishedNumber | null };
}

export interface PublishedTable {
  readonly benchmark: string;
  readonly network: string;
  readonly source: string;
  readonly id: string;
  readonly model: string;
  readonly seeds: number;
  /** ID accuracy, in percent as published. */
  readonly accuracy: { readonly here: SeedMean | null; readonly published: PublishedNumber };
  /** OOD sets that the one has and the other has not, by group: `near: not here tin`. */
  readonly differences: readonly string[];
  /** Methods of the run in the order of its results, then those that are published alone. */
  readonly rows: readonly PublishedRow[];
}

type Benchmark = (typeof OPENOOD_V15.benchmarks)[number];

const GROUPS = ['near', 'far'] as const;

/**
 * The means of a run's groups `near` and `far` beside published ones. A benchmark is told by the name of the ID set, or by `benchmark`. Throws `invalid-input` for
 * a run that is of none, has no such groups, or tests a full spectrum.
 */
export function publishedTables(results: Results, benchmark?: string): readonly PublishedTable[] {
  const { benchmarks } = OPENOOD_V15;
  const names = benchmarks.map(({ name }) => name);
  const named = benchmarks.find(({ name }) => name === benchmark);
  if (benchmark !== undefined && named === undefined)
    throw new OodError(
      'invalid-input',
      `--benchmark: there is no benchmark ${quote(benchmark)}${suggestion(benchmark, names)}; there are ${names.join(', ')}`,
    );
  const { fullSpectrum } = results.protocol;
  if (fullSpectrum !== undefined)
    throw new OodError(
      'invalid-input',
      `the run has samples of ${fullSpectrum.map((name) => quote(name)).join(', ')} among its ID test samples (fullSpectrum), the published numbers have none: compare a run without them`,
    );
  const found = meansOf(results).flatMap((means) => {
    const own = named ?? benchmarks.find(({ name }) => plain(name) === plain(means.id));
    return own === undefined ? [] : [tableOf(results, means, own)];
  });
  if (found.length > 0) return found;
  const ids = [...new Set(results.cells.map(({ id }) => id))].map((id) => quote(id)).join(', ');
  throw new OodError(
    'invalid-input',
    named === undefined
      ? `the run has no published numbers beside it: its ID sets are ${ids}, numbers are there for ${names.join(', ')}; say by --benchmark if it is one of these under another name`
      : 'the run has no means of groups: give its pairs group: near and group: far',
  );
}

/** Names are told apart by letters and digits alone: `CIFAR-10`, `cifar10`. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

function tableOf(results: Results, means: Means, benchmark: Benchmark): PublishedTable {
  const { id, model, seeds, methods, accuracy = null } = means;
  const groupsOf = (group: string) =>
    results.groups.filter((one) => one.id === id && one.group === group).map(({ ood }) => ood);
  for (const group of GROUPS)
    if (groupsOf(group).length === 0)
      throw new OodError(
        'invalid-input',
        `${quote(id)} has no OOD sets of the group ${group}, which the published numbers are means of: give its pairs group: near and group: far`,
      );
  const published = new Map(rowsOf(benchmark).map((row) => [row.method ?? row, row]));
  const here = methods.map(({ method, title, rows }): PublishedRow => {
    const theirs = published.get(method);
    published.delete(method);
    const of = (group: (typeof GROUPS)[number]) => ({
      here: rows.find(({ isGroup, name }) => isGroup && name === group)?.values[0] ?? null,
      published: theirs?.[group] ?? null,
    });
    return { title, method, published: theirs?.name ?? null, near: of('near'), far: of('far') };
  });
  const others = [...published.values()].map(
    ({ name, near, far }): PublishedRow => ({
      title: name,
      method: null,
      published: name,
      near: { here: null, published: near },
      far: { here: null, published: far },
    }),
  );
  return {
    benchmark: benchmark.name,
    network: benchmark.network,
    source: OPENOOD_V15.source,
    id,
    model,
    seeds,
    accuracy: { here: accuracy, published: numberOf(benchmark.accuracy) },
    differences: GROUPS.flatMap((group) => differencesOf(group, groupsOf(group), benchmark[group])),
    rows: [...here, ...others],
  };
}

function differencesOf(group: string, here: readonly string[], published: readonly string[]): string[] {
  const lacking = published.filter((name) => !here.some((one) => isNamed(one, name)));
  const more = here.filter((one) => !published.some((name) => isNamed(one, name)));
  return [
    ...(lacking.length === 0 ? [] : [`${group}: not here ${lacking.join(', ')}`]),
    ...(more.length === 0 ? [] : [`${group}: only here ${more.join(', ')}`]),
  ];
}

/** `near_tin` and `TIN` are called `tin`. */
const isNamed = (here: string, published: string): boolean =>
  [here, here.replace(/^(near|far)_/, '')].some((name) => plain(name) === plain(published));

interface Row extends Readonly<Record<(typeof GROUPS)[number], PublishedNumber>> {
  readonly name: string;
  /** Its name here, where it is or were a method of the catalog. */
  readonly method: string | null;
}

const rowsOf = ({ rows }: Benchmark): readonly Row[] =>
  rows
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', near = '', far = ''] = line.split(',');
      const method = OTHERS.includes(name) ? null : (METHODS[name] ?? name.toLowerCase());
      return { name, method, near: numberOf(near), far: numberOf(far) };
    });

/** `88.03 ± 0.25`, `88.03`; throws RangeError for what is none. */
function numberOf(text: string): PublishedNumber {
  const [, mean, sd] = /^(\d+\.\d\d)(?: ± (\d+\.\d\d))?$/.exec(text) ?? [];
  if (mean === undefined) throw new RangeError(`"${text}" is no published number`);
  return { mean: Number(mean), sd: sd === undefined || Number(sd) === 0 ? null : Number(sd) };
}
