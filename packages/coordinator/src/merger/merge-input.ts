import { type Digest, OodError } from '@oodgrid/contract';
import { familyMetrics, findProtocol } from '@oodgrid/protocols';
import { NO_ROWS, type PlannedCell, type Series, seriesOfChoice } from '../planner/plan.js';
import type { ResultReader } from '../store/result-reader.js';
import type { MergeContext } from './merge-cell.js';
import type { MadeChoice } from './score-cell.js';
import { SeriesReader } from './unit-results.js';

/** A series whose units have their cache keys: it can be read without the plan, in another thread. */
export interface KeyedSeries extends Series {
  /** Key of each part's result; null while it is not there. */
  readonly keys: readonly (Digest | null)[];
}

/** Reads keyed series from stored results. */
export function keyedReader(series: readonly KeyedSeries[], results: ResultReader): SeriesReader {
  const keys = new Map<string, Digest>();
  for (const { parts, keys: own } of series) {
    for (const [i, { unit }] of parts.entries()) {
      const key = own[i];
      if (key !== null && key !== undefined) keys.set(unit, key);
    }
  }
  return new SeriesReader({ series }, (unit) => {
    const key = keys.get(unit);
    const found = key === undefined ? undefined : results.find(key);
    return found?.kind === 'scores' ? found : undefined;
  });
}

/** Everything that merging some cells needs beside the stored results. */
export interface MergeInput {
  readonly cells: readonly PlannedCell[];
  readonly series: readonly KeyedSeries[];
  readonly choices: readonly MadeChoice[];
  /** Compute time behind each cell. */
  readonly seconds: readonly number[];
  /** Its name: threads find it by that. */
  readonly protocol: string;
  /** Families of metrics beside the protocol's, by name. */
  readonly measure: readonly string[];
  readonly seed: number;
  readonly bootstrapReplicates: number;
}

export function mergeContext(input: MergeInput, results: ResultReader): MergeContext {
  const { cells, series, choices, seconds, protocol, measure, seed, bootstrapReplicates } = input;
  return {
    reader: keyedReader(series, results),
    choices: new Map(choices.map((made) => [made.choice.id, made])),
    protocol: findProtocol(protocol),
    families: familyMetrics(measure),
    seed,
    bootstrapReplicates,
    secondsOf: (cell) => {
      const found = seconds[cells.indexOf(cell)];
      if (found === undefined) throw new OodError('internal', `no cell ${cell.row} is to be merged`);
      return found;
    },
  };
}

/** Ids of the series that a cell is merged from: its sides', its predictions', and its choice's sweeps; of an ensemble those of its members. */
export function seriesOf(
  { sides, predictions = NO_ROWS, choice, members, shifted = [] }: PlannedCell,
  choices: ReadonlyMap<string, MadeChoice>,
): string[] {
  if (members !== undefined) return members.flatMap((member) => seriesOf(member, choices));
  const made = choice === null ? undefined : choices.get(choice);
  const own = [sides.id, sides.ood, ...shifted.map(({ side }) => side)].flatMap((side) =>
    side.kind === 'whole' ? side.series : [side.test, ...(side.fit === null ? [] : [side.fit])],
  );
  const all = [
    ...own,
    ...[predictions, ...shifted.map((one) => one.predictions ?? NO_ROWS)].flatMap(({ series }) => series),
  ];
  return made === undefined ? all : [...all, ...seriesOfChoice(made.choice)];
}
