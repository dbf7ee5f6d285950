import { type Digest, OodError, type ResultWarning } from '@oodgrid/contract';
import { packFiles } from '@oodgrid/models';
import type { BlobStore } from '@oodgrid/transport';
import { ImageIndex } from '../inspect/image-index.js';
import type { GridModel } from './resolve-models.js';

type SplitKind = 'test' | 'train';

/** Precomputed taps of one split from one model. */
export interface ModelValues {
  readonly model: string;
  readonly count: number;
  /** Classes [count]; absent where none came with the values. */
  readonly labels?: Int32Array;
  /** Its samples by what tells them apart; absent where nothing does. */
  readonly index?: ImageIndex;
  readonly blob: Digest;
}

/** Precomputed taps that the models of a grid bring. Each file is read once, and only its blob is kept. */
export class SplitValues {
  readonly #models: readonly GridModel[];
  readonly #blobs: BlobStore;
  readonly #note: (line: string) => void;
  readonly #read = new Map<string, Promise<ModelValues>>();
  readonly #warnings: ResultWarning[] = [];

  constructor(models: readonly GridModel[], blobs: BlobStore, note: (line: string) => void) {
    this.#models = models;
    this.#blobs = blobs;
    this.#note = note;
  }

  /** Contradictions inside the data that were found so far. */
  get warnings(): readonly ResultWarning[] {
    return this.#warnings;
  }

  /** Names of the models that compute from images themselves. */
  get computing(): readonly string[] {
    return this.#models.filter(({ splitFiles }) => splitFiles === undefined).map(({ spec }) => spec.name);
  }

  /** Of every model that brings values. Throws what the sources throw where one has none of the split. */
  async of(dataset: string, split: SplitKind): Promise<readonly ModelValues[]> {
    const all: ModelValues[] = [];
    for (const { spec, splitFiles } of this.#models)
      if (splitFiles !== undefined) all.push(await this.ofModel(spec.name, dataset, split));
    return all;
  }

  async ofModel(model: string, dataset: string, split: SplitKind): Promise<ModelValues> {
    const key = JSON.stringify([model, dataset, split]);
    const known = this.#read.get(key) ?? this.#readOne(model, dataset, split);
    this.#read.set(key, known);
    return known;
  }

  async #readOne(name: string, dataset: string, split: SplitKind): Promise<ModelValues> {
    const splitFiles = this.#models.find(({ spec }) => spec.name === name)?.splitFiles;
    if (splitFiles === undefined) throw new OodError('internal', `model "${name}" brings no values`);
    const { count, files, labels, samples, notes = [], doubts = [] } = await splitFiles(dataset, split);
    for (const line of notes) this.#note(line);
    for (const doubt of doubts) {
      const message = `${dataset}/${split} of model "${name}": ${doubt}`;
      this.#note(`warning: ${message}`);
      this.#warnings.push({
        code: 'values-inconsistent',
        severity: 'serious',
        message,
        place: { model: name, split },
      });
    }
    const blob = await this.#blobs.put(packFiles(files));
    return {
      model: name,
      count,
      blob,
      ...(labels === undefined ? {} : { labels }),
      ...(samples === undefined ? {} : { index: new ImageIndex(samples, count) }),
    };
  }
}
