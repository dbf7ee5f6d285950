import type { ModelSpec, Normalisation, ResultWarning } from '@oodgrid/contract';
import { copiesInSet, type IndexedSet, idInOod, trainInTest } from './duplicate-warnings.js';
import type { ImageIndex } from './image-index.js';
import { type InspectedSplit, inspectSplit, type LoadedImages } from './inspected-split.js';
import { labelWarnings } from './label-warnings.js';
import { normalisationWarnings, requirePerChannel } from './normalisation-warnings.js';

type Split = 'test' | 'train';

/** What a model brings of a split without images. */
interface BroughtValues {
  readonly model: string;
  readonly index?: ImageIndex;
}

/** A split without images, by the models that tell its samples apart. */
interface ImagelessSplit {
  readonly labels: InspectedSplit['labels'];
  readonly indices: ReadonlyMap<string, ImageIndex>;
}

interface Pair {
  readonly id: string;
  readonly ood: string;
}

/** Looks at every split while its images are in memory, and says afterwards what is odd about the data of a grid. */
export class DataInspector {
  readonly #splits = new Map<string, { test?: InspectedSplit; train?: InspectedSplit }>();
  readonly #imageless = new Map<string, { test?: ImagelessSplit; train?: ImagelessSplit }>();

  add(name: string, split: Split, loaded: LoadedImages): void {
    this.#splits.set(name, { ...this.#splits.get(name), [split]: inspectSplit(loaded) });
  }

  /** Of a split without images. */
  addImageless(
    name: string,
    split: Split,
    labels: InspectedSplit['labels'] | undefined,
    values: readonly BroughtValues[],
  ): void {
    const indices = new Map(
      values.flatMap(({ model, index }) => (index === undefined ? [] : [[model, index] as const])),
    );
    const inspected = { labels: labels?.slice() ?? null, indices };
    this.#imageless.set(name, { ...this.#imageless.get(name), [split]: inspected });
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
    const ofId = [...ids].flatMap((name) => [
      ...this.#set(name).flatMap(({ test }) => pixelWarnings(name, test, normalisations.get(name))),
      ...this.#labels(name).flatMap((labels) => labelWarnings(name, labels, models)),
      ...this.#indexed(name).flatMap((set) => idCopies(set)),
    ]);
    const ofPairs = pairs.flatMap(({ id, ood }) =>
      this.#indexed(id).flatMap((idSet) =>
        this.#indexed(ood)
          .filter(({ model }) => model === idSet.model)
          .flatMap((oodSet) => idInOod(idSet, oodSet)),
      ),
    );
    const ofOod = [...oods]
      .filter((name) => !ids.has(name))
      .flatMap((name) => this.#indexed(name))
      .flatMap((set) => copiesInSet(set, 'test', { ood: set.name }));
    return [...ofId, ...ofPairs, ...ofOod];
  }

  #set(name: string): (IndexedSet & { readonly test: InspectedSplit })[] {
    const splits = this.#splits.get(name);
    return splits?.test === undefined ? [] : [{ ...splits, name, test: splits.test }];
  }

  /** Of the test set, if that was looked at. */
  #labels(name: string): InspectedSplit['labels'][] {
    const test = this.#splits.get(name)?.test ?? this.#imageless.get(name)?.test;
    return test === undefined ? [] : [test.labels];
  }

  /** A set once by its images, or once by the values of each model. */
  #indexed(name: string): IndexedSet[] {
    const { test, train } = this.#imageless.get(name) ?? {};
    const byValues = [...(test?.indices ?? [])].map(([model, index]) => {
      const trained = train?.indices.get(model);
      return {
        name,
        model,
        test: { index },
        ...(trained === undefined ? {} : { train: { index: trained } }),
      };
    });
    return [...this.#set(name), ...byValues];
  }
}

const pixelWarnings = (
  name: string,
  { channels }: InspectedSplit,
  normalisation: Normalisation | undefined,
): ResultWarning[] =>
  normalisation === undefined ? [] : normalisationWarnings(name, normalisation, channels);

function idCopies(set: IndexedSet): ResultWarning[] {
  const { name } = set;
  return [
    ...trainInTest(set),
    ...copiesInSet(set, 'test', { id: name }),
    ...copiesInSet(set, 'train', { id: name }),
  ];
}
