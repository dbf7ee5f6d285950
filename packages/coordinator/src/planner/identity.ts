import { type Candidate, type Digest, digestOfJson } from '@oodgrid/contract';
import type { PlannedChoice, PlannedUnit, Series } from './plan.js';
import type { TaskHeader } from './plan-builder.js';

/** A part of a plan without its identity. */
export type Anonymous<T> = Omit<T, 'id'>;

// An identity is a digest of all that goes into a computation, what it builds on included by *its* identity. Joined names
// would not do: "a:b" and "c" join to what "a" and "b:c" join to, and what is left out of a name is taken from another
// computation without a word.

export function identified(header: TaskHeader, unit: Anonymous<PlannedUnit>): PlannedUnit {
  const { candidates } = unit;
  const settings = candidates.kind === 'listed' ? { list: digestOfList(candidates.list) } : candidates;
  return {
    id: `${header.kind}-${digestOfJson({ header, unit: { ...unit, candidates: settings } })}`,
    ...unit,
  };
}

export function identifiedSeries(series: Anonymous<Series>): Series {
  return { id: `series-${digestOfJson(series)}`, ...series };
}

/** The title is no part of it: rows that would make the same choice share it. */
export function identifiedChoice(choice: Anonymous<PlannedChoice>): PlannedChoice {
  const { title: _forPeople, ...content } = choice;
  const candidates = digestOfList(choice.candidates);
  return { id: `choice-${digestOfJson({ ...content, candidates })}`, ...choice };
}

/** Digests of lists of settings: the same long list stands in thousands of cells. */
const digests = new WeakMap<readonly Candidate[], Digest>();

function digestOfList(list: readonly Candidate[]): Digest {
  const digest = digests.get(list) ?? digestOfJson(list);
  digests.set(list, digest);
  return digest;
}
