import type { ModelFacts } from '@oodgrid/protocol';
import type { z } from 'zod';
import type { ModelRuntime, TapModel } from './tap-model.js';

/** Files of a model, by a name of the source's choice: what an executor gets of it. */
export type ModelFiles = Readonly<Record<string, Uint8Array>>;

/** What a source may use while a grid is resolved. */
export interface ResolveContext {
  /** The model's name in the grid. */
  readonly name: string;
  /** A whole file by its path as the grid has it, and its absolute path. Throws `not-found` where there is none. */
  read(path: string): Promise<{ readonly path: string; readonly bytes: Uint8Array }>;
}

export interface ResolvedModel {
  readonly facts: ModelFacts;
  readonly files: ModelFiles;
  /** What was converted, guessed or left out, a line each. */
  readonly notes: readonly string[];
}

/** Where models come from: one file of this shape and a line in the catalog. */
export interface ModelSource<Schema extends z.ZodObject = z.ZodObject> {
  readonly kind: string;
  /** What a grid's entry says beside the model's name. */
  readonly config: Schema;
  /** Reads and checks, without a tensor library. Throws `OodError` with path and reason. */
  resolve(config: z.output<Schema>, context: ResolveContext): Promise<ResolvedModel>;
  /** In an executor; what it needs beyond `runtime` it imports here, when it is called. */
  open(runtime: ModelRuntime, facts: ModelFacts, files: ModelFiles): Promise<TapModel>;
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
