import type { ModelFacts } from '@oodgrid/contract';
import type { z } from 'zod';
import type { ModelRuntime, TapModel } from './tap-model.js';

/** Files of a model, by a name of the source's choice: what an executor gets of it. */
export type ModelFiles = Readonly<Record<string, Uint8Array>>;

/** Services for a source while a grid is resolved. */
export interface ResolveContext {
  /** The model's name in the grid. */
  readonly name: string;
  /**
   * A whole file by its path as the grid has it, and its absolute path. `what` it is goes into the message where there is none, "the
   * weights" where it is left out. Throws `not-found`.
   */
  read(path: string, what?: string): Promise<{ readonly path: string; readonly bytes: Uint8Array }>;
}

export interface ResolvedModel {
  readonly facts: ModelFacts;
  /** All that the numbers depend on, and nothing that changes from run to run: it is in every cache key. */
  readonly files: ModelFiles;
  /** Conversions, assumptions and omissions, a line each. */
  readonly notes: readonly string[];
  /**
   * Of a model without an input: what was computed elsewhere of a split of a data set. Asked for each split that the grid reads. Throws
   * `not-found` for one that it has nothing of.
   */
  splitFiles?(dataset: string, split: 'train' | 'test'): Promise<SplitFiles>;
}

export interface SplitFiles {
  /** Samples, which must be as many as the data set has, in the order of its file. */
  readonly count: number;
  readonly files: ModelFiles;
  /** Classes [count], where they came with the values; those of a data set with images must be the same. */
  readonly labels?: Int32Array;
  /** Values [count, ...], row-major, that tell samples apart: of two with the same ones results say that they are copies. */
  readonly samples?: Float32Array;
  /** As those of the model. */
  readonly notes?: readonly string[];
  /** Reasons to doubt the values, a line each, without the place: results carry them as serious warnings. */
  readonly doubts?: readonly string[];
}

/** A source of models: one file of this shape and a line in the catalog, or a module of the user's. */
export interface ModelSource<Schema extends z.ZodObject = z.ZodObject> {
  /** As `source` of a grid's entry names it. */
  readonly kind: string;
  /**
   * Part of every cache key: bumped when the same files come to give other numbers, be it by another version of a runtime that
   * `open` imports.
   */
  readonly revision: number;
  /** Schema of the source's options in a grid's entry. */
  readonly config: Schema;
  /** Reads and checks, without a tensor library. Throws `OodError` with path and reason. */
  resolve(config: z.output<Schema>, context: ResolveContext): Promise<ResolvedModel>;
  /**
   * In an executor; what it needs beyond `runtime` it imports here, when it is called. The model has the `facts` that are given. `split`:
   * what `splitFiles` gave of the one split that this model will be asked for.
   */
  open(
    runtime: ModelRuntime,
    facts: ModelFacts,
    files: ModelFiles,
    split: ModelFiles | undefined,
  ): Promise<TapModel>;
  /** Whether no input of absolute values up to `largestInput` can make a layer overflow; left out where nobody knows. */
  isOverflowImpossible?(
    runtime: ModelRuntime,
    facts: ModelFacts,
    files: ModelFiles,
    largestInput: number,
  ): boolean;
}

/** Ties the config's type to what `resolve` takes. */
export const defineModelSource = <Schema extends z.ZodObject>(
  source: ModelSource<Schema>,
): ModelSource<Schema> => source;
