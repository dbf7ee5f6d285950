import { canonicalJson, type Digest, type ModelSpec, OodError } from '@oodgrid/contract';
import { parseSplitBlob, type SplitContent } from '@oodgrid/datasets';
import {
  factsOf,
  findArchitecture,
  identityOf,
  isSameSource,
  type ModelFiles,
  type ModelRuntime,
  type ModelSource,
  modelSources,
  type PackedModel,
  PLAIN_WEIGHTS,
  requireModel,
  type SourceIdentity,
  type TapModel,
  unpackFiles,
  unpackModel,
} from '@oodgrid/models';
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

/** Inputs of tasks: models and splits, of which the most recent stay open by content. Keeping them open changes no bit of any score. */
export class TaskInputs implements Disposable {
  readonly #runtime: ModelRuntime;
  readonly #sources: readonly ModelSource[];
  readonly #models: WarmCache<WarmModel>;
  readonly #splits: WarmCache<SplitContent>;

  /** `sources`: where models may come from; the catalog's and those of modules, where it is left out. */
  constructor(
    { kernels }: Pick<Engine, 'kernels'>,
    { modelBytes, splitBytes }: InputLimits = LIMITS,
    sources: readonly ModelSource[] = modelSources(),
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
      const split = await readSplit(spec, io);
      const model = await source.open(this.#runtime, facts, files, split);
      requireModel(model, facts, source.kind);
      return {
        value: { model, bounds: new Map() },
        bytes: facts.memory.weightBytes + bytesOf(split),
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

  /** Reads a model's files and returns what opens them. Throws `not-found` where this executor does not know its source or architecture. */
  async #read(spec: ModelSpec, io: Pick<TaskIo, 'blob'>) {
    const model = await readModel(spec, io);
    return { ...model, source: this.#source(spec.name, model.source) };
  }

  #source(model: string, wanted: SourceIdentity): ModelSource {
    const source = this.#sources.find(({ kind }) => kind === wanted.kind);
    if (source === undefined)
      throw new OodError(
        'not-found',
        `model "${model}": this executor has no source "${wanted.kind}" of models`,
      );
    const own = identityOf(source);
    if (isSameSource(own, wanted)) return source;
    const difference =
      own.revision === wanted.revision
        ? 'its module is another one than when the run was planned; submit again'
        : `its revision is ${own.revision}, the run was planned with ${wanted.revision}`;
    throw new OodError(
      'invalid-input',
      `model "${model}": this executor has another source "${wanted.kind}" of models: ${difference}`,
    );
  }
}

async function readSplit({ name, splits = {} }: ModelSpec, io: Pick<TaskIo, 'blob'>) {
  const [split] = Object.entries(splits);
  if (split === undefined) return undefined;
  const [title, blob] = split;
  return unpackFiles(await io.blob(blob), `model "${name}", ${title}`);
}

const bytesOf = (files: ModelFiles = {}): number =>
  Object.values(files).reduce((sum, { length }) => sum + length, 0);

async function readModel(spec: ModelSpec, io: Pick<TaskIo, 'blob'>): Promise<PackedModel> {
  const { name, architecture, classes, weights } = spec;
  if (spec.source !== undefined) return unpackModel(await io.blob(weights), name);
  const found = findArchitecture(architecture);
  if (found === undefined)
    throw new OodError('not-found', `model "${name}": this engine has no architecture "${architecture}"`);
  return {
    source: PLAIN_WEIGHTS,
    facts: factsOf(found, name, classes),
    files: { weights: await io.blob(weights) },
  };
}
