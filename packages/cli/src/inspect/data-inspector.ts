import type { ModelSpec, ResultWarning, Transform } from '@oodgrid/protocol';
import { copiesInSet, type InspectedSet, idInOod, trainInTest } from './duplicate-warnings.js';
import { type InspectedSplit, inspectSplit, type LoadedImages } from './inspected-split.js';
import { labelWarnings, requireLabelsFit } from './label-warnings.js';
import { normalisationWarnings, requirePerChannel } from './normalisation-warnings.js';

interface Pair {
  readonly id: string;
  readonly ood: string;
}

/** Looks at every split while its images are in memory, and says afterwards what is odd about the data of a grid. */
export class DataInspector {
  readonly #splits = new Map<string, { test?: InspectedSplit; train?: InspectedSplit }>();

  add(name: string, split: 'test' | 'train', loaded: LoadedImages): void {
    this.#splits.set(name, { ...this.#splits.get(name), [split]: inspectSplit(loaded) });
  }

  /**
   * What is odd about the data. Throws `invalid-input` for what cannot be meant: labels that are no classes, a
   * normalisation of another number of channels. `normalisations` by the ID sets' names.
   */
  warnings(
    pairs: readonly Pair[],
    normalisations: ReadonlyMap<string, Transform>,
    models: readonly ModelSpec[],
  ): ResultWarning[] {
    const ids = new Set(pairs.map(({ id }) => id));
    const oods = new Set(pairs.map(({ ood }) => ood));
    for (const [i, { id }] of pairs.entries())
      for (const set of this.#set(id)) requireSound(`pairs[${i}].id`, set, normalisations.get(id), models);
    const ofId = [...ids]
      .flatMap((name) => this.#set(name))
      .flatMap((set) => idWarnings(set, normalisations.get(set.name), models));
    const ofPairs = pairs.flatMap(({ id, ood }) =>
      this.#set(id).flatMap((idSet) => this.#set(ood).flatMap((oodSet) => idInOod(idSet, oodSet))),
    );
    const ofOod = [...oods]
      .filter((name) => !ids.has(name))
      .flatMap((name) => this.#set(name))
      .flatMap((set) => copiesInSet(set, 'test', { ood: set.name }));
    return [...ofId, ...ofPairs, ...ofOod];
  }

  #set(name: string): InspectedSet[] {
    const splits = this.#splits.get(name);
    return splits?.test === undefined ? [] : [{ ...splits, name, test: splits.test }];
  }
}

function requireSound(
  place: string,
  { name, test, train }: InspectedSet,
  normalisation: Transform | undefined,
  models: readonly ModelSpec[],
): void {
  if (normalisation !== undefined) requirePerChannel(place, name, normalisation, test.channels.length);
  if (test.labels !== null) requireLabelsFit(name, 'test', test.labels, models);
  if (train !== undefined && train.labels !== null) requireLabelsFit(name, 'train', train.labels, models);
}

function idWarnings(
  set: InspectedSet,
  normalisation: Transform | undefined,
  models: readonly ModelSpec[],
): ResultWarning[] {
  const { name, test } = set;
  return [
    ...(normalisation === undefined ? [] : normalisationWarnings(name, normalisation, test.channels)),
    ...(test.labels === null ? [] : labelWarnings(name, test.labels, models)),
    ...trainInTest(set),
    ...copiesInSet(set, 'test', { id: name }),
    ...copiesInSet(set, 'train', { id: name }),
  ];
}
