import { parseSplitBlob, type SplitContent } from '@oodgrid/datasets';
import {
  factsOf,
  findArchitecture,
  listModelSources,
  type ModelFiles,
  type ModelRuntime,
  type ModelSource,
  safetensors,
  type TapModel,
  unpackModel,
} from '@oodgrid/models';
import { canonicalJson, type Digest, type ModelFacts, type ModelSpec, OodError } from '@oodgrid/protocol';
import type { Engine } from '../backend/engine.js';
import { tf } from '../backend/tensors.js';
import type { TaskIo } from './task-io.js';
import { type Borrowed, WarmCache, type WarmCounts } from './warm-cache.js';

const MIB = 1024 ** 2;

/** Largest sizes that are kept; `executorBytes` of the models package has room for both. */
export interface InputLimits {
  readonly modelBytes: number;
  readonly splitBytes: number;
}

/** A ResNet-34 and several LeNets; CIFAR-10's train set, or thirty test sets of MNIST's size. */
const LIMITS: InputLimits = { modelBytes: 160 * MIB, splitBytes: 256 * MIB };

/** A model that tasks share, and what is known of it. */
export interface WarmModel {
  readonly model: TapModel;
  /** Whether no layer can overflow, by the largest absolute value of an input. */
  readonly bounds: Map<number, boolean>;
}

export interface InputCounts {
  readonly models: WarmCounts;
  readonly splits: WarmCounts;
}

/** What tasks read: models and splits, of which the last few stay open by their content. Neither changes a bit of any score. */
export class TaskInputs implements Disposable {
  readonly #runtime: ModelRuntime;
  readonly #sources: readonly ModelSource[];
  readonly #models: WarmCache<WarmModel>;
  readonly #splits: WarmCache<SplitContent>;

  /** `sources`: where models may come from; those of the catalog, where it is left out. */
  constructor(
    { kernels }: Pick<Engine, 'kernels'>,
    { modelBytes, splitBytes }: InputLimits = LIMITS,
    sources: readonly ModelSource[] = listModelSources(),
  ) {
    this.#runtime = { ops: tf, kernels };
    this.#sources = sources;
    this.#models = new WarmCache(modelBytes);
    this.#splits = new WarmCache(splitBytes);
  }

  get counts(): InputCounts {
    return { models: this.#models.counts, splits: this.#splits.counts };
  }

  /** The model with this content and name. Throws `corrupt-data` where the weights are not what they must be. */
  model(spec: ModelSpec, io: Pick<TaskIo, 'blob'>): Promise<Borrowed<WarmModel>> {
    // The name too: it is in what the model says of itself, and so in messages.
    return this.#models.borrow(canonicalJson(spec), async () => {
      const { source, facts, files } = await this.#read(spec, io);
      const model = await source.open(this.#runtime, facts, files);
      return {
        value: { model, bounds: new Map() },
        bytes: facts.memory.weightBytes,
        free: () => model[Symbol.dispose](),
      };
    });
  }

  /** Whether no input of absolute values up to `largestInput` can make a layer overflow: costs as much as loading the model, once. */
  async isBounded(
    { bounds }: WarmModel,
    spec: ModelSpec,
    largestInput: number,
    io: Pick<TaskIo, 'blob'>,
  ): Promise<boolean> {
    const known = bounds.get(largestInput);
    if (known !== undefined) return known;
    const { source, facts, files } = await this.#read(spec, io);
    const answer = source.isOverflowImpossible?.(this.#runtime, facts, files, largestInput) ?? false;
    bounds.set(largestInput, answer);
    return answer;
  }

  /** The split with this content. Throws `corrupt-data` naming `name`. */
  split(images: Digest, name: string, io: Pick<TaskIo, 'blob'>): Promise<Borrowed<SplitContent>> {
    return this.#splits.borrow(images, async () => {
      const value = parseSplitBlob(await io.blob(images), name);
      const bytes = value.images.byteLength + (value.labels?.byteLength ?? 0);
      return { value, bytes, free: () => undefined };
    });
  }

  [Symbol.dispose](): void {
    this.#models[Symbol.dispose]();
    this.#splits[Symbol.dispose]();
  }

  /** What a model is made of. Throws `not-found` where this executor does not know its source or architecture. */
  async #read(spec: ModelSpec, io: Pick<TaskIo, 'blob'>): Promise<ReadModel> {
    const { name, architecture, classes, weights, source: kind = safetensors.kind } = spec;
    const source = this.#sources.find((one) => one.kind === kind);
    if (source === undefined)
      throw new OodError('not-found', `model "${name}": this executor has no source "${kind}" of models`);
    if (spec.source !== undefined) return { source, ...unpackModel(await io.blob(weights), name) };
    const found = findArchitecture(architecture);
    if (found === undefined)
      throw new OodError('not-found', `model "${name}": this engine has no architecture "${architecture}"`);
    return { source, facts: factsOf(found, name, classes), files: { weights: await io.blob(weights) } };
  }
}

interface ReadModel {
  readonly source: ModelSource;
  readonly facts: ModelFacts;
  readonly files: ModelFiles;
}
