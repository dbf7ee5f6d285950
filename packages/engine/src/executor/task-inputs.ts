import { parseSplitBlob, type SplitContent } from '@oodgrid/datasets';
import {
  factsOf,
  findArchitecture,
  isOverflowImpossible,
  type ModelRuntime,
  type Network,
  openNetwork,
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
  readonly network: Network;
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
  readonly #models: WarmCache<WarmModel>;
  readonly #splits: WarmCache<SplitContent>;

  constructor({ kernels }: Pick<Engine, 'kernels'>, { modelBytes, splitBytes }: InputLimits = LIMITS) {
    this.#runtime = { ops: tf, kernels };
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
      const facts = factsOfSpec(spec);
      const network = openNetwork(this.#runtime, facts, await io.blob(spec.weights));
      return {
        value: { network, bounds: new Map() },
        bytes: facts.memory.weightBytes,
        free: () => network[Symbol.dispose](),
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
    const answer = isOverflowImpossible(
      this.#runtime,
      factsOfSpec(spec),
      await io.blob(spec.weights),
      largestInput,
    );
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
}

function factsOfSpec({ name, architecture, classes }: ModelSpec): ModelFacts {
  const found = findArchitecture(architecture);
  if (found !== undefined) return factsOf(found, name, classes);
  throw new OodError('not-found', `model "${name}": this engine has no architecture "${architecture}"`);
}
