import type { ModelSpec, Normalisation, ResultWarning } from '@oodgrid/contract';
import { copiesInSet, type InspectedSet, idInOod, trainInTest } from './duplicate-warnings.js';
import { type InspectedSplit, inspectSplit, type LoadedImages } from './inspected-split.js';
import { labelWarnings } from './label-warnings.js';
import { normalisationWarnings, requirePerChannel } from './normalisation-warnings.js';

interface Pair {
  readonly id: string;
  readonly ood: string;
}

/** Looks at every split while its images are in memory, and says afterwards what is odd about the data of a grid. */
export class DataInspector {
  readonly #splits = new Map<string, { test?: InspectedSplit; train?: InspectedSplit }>();
  /** Of test sets without images; null where there are none. */
  readonly #labels = new Map<string, InspectedSplit['labels']>();

  add(name: string, split: 'test' | 'train', loaded: LoadedImages): void {
    this.#splits.set(name, { ...this.#splits.get(name), [split]: inspectSplit(loaded) });
  }

  /** Of a split without images. */
  addLabels(name: string, split: 'test' | 'train', labels: InspectedSplit['labels'] | undefined): void {
    if (split === 'test') this.#labels.set(name, labels?.slice() ?? null);
  }

  /**
   * Returns warnings about the data. Throws `invalid-input` for a normalisation of another number of channels.
   * `normalisations` by the ID sets' names.
   */
  warnings(
    pairs: readonly Pair[],
    normalisations: ReadonlyMap<string, Normalisation>,
    models: readonly ModelSpec[],
  ): ResultWarning[] {
    const ids = new Set(pairs.map(({ id }) => id));
    const oods = new Set(pairs.map(({ ood }) => ood));
    for (const [i, { id }] of pairs.entries()) {
      const normalisation = normalisations.get(id);
      if (normalisation === undefined) continue;
      for (const { name, test } of this.#set(id))
        requirePerChannel(`pairs[${i}].id`, name, normalisation, test.channels.length);
    }
    const ofId = [...ids]
      .flatMap((name) => this.#set(name))
      .flatMap((set) => idWarnings(set, normalisations.get(set.name), models));
    const ofLabels = [...this.#labels]
      .filter(([name]) => ids.has(name))
      .flatMap(([name, labels]) => labelWarnings(name, labels, models));
    const ofPairs = pairs.flatMap(({ id, ood }) =>
      this.#set(id).flatMap((idSet) => this.#set(ood).flatMap((oodSet) => idInOod(idSet, oodSet))),
    );
    const ofOod = [...oods]
      .filter((name) => !ids.has(name))
      .flatMap((name) => this.#set(name))
      .flatMap((set) => copiesInSet(set, 'test', { ood: set.name }));
    return [...ofId, ...ofLabels, ...ofPairs, ...ofOod];
  }

  #set(name: string): InspectedSet[] {
    const splits = this.#splits.get(name);
    return splits?.test === undefined ? [] : [{ ...splits, name, test: splits.test }];
  }
}

function idWarnings(
  set: InspectedSet,
  normalisation: Normalisation | undefined,
  models: readonly ModelSpec[],
): ResultWarning[] {
  const { name, test } = set;
  return [
    ...(normalisation === undefined ? [] : normalisationWarnings(name, normalisation, test.channels)),
    ...labelWarnings(name, test.labels, models),
    ...trainInTest(set),
    ...copiesInSet(set, 'test', { id: name }),
    ...copiesInSet(set, 'train', { id: name }),
  ];
}
