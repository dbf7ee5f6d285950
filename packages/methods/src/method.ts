// Tensor types only: what is imported here is erased, so that a planner, a command or a documentation generator reads
// every method without loading a tensor library. Arithmetic gets the library as `ops`.
import type { Digest, ModelFacts, SplitOrder, Work } from '@oodgrid/contract';
import type { Rows } from '@oodgrid/stats';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { z } from 'zod';

export type Ops = typeof import('@tensorflow/tfjs-core');
export type { ModelFacts, Rows, Tensor, Tensor1D, Tensor2D, Tensor4D };

/** Parts of a model and its pass that a method's arithmetic needs; those missing in `ModelFacts.offers` are refused before anything runs. */
export interface Needs {
  readonly taps: readonly string[];
  /** The last linear layer's weights. */
  readonly head?: true;
  /** Stochastic passes with dropout active. */
  readonly dropout?: true;
}

/** The last linear layer on the device: W [classes, features] and b [classes]. */
export interface Head {
  readonly weight: Tensor2D;
  readonly bias: Tensor1D;
}

/** View of one batch for a fit. Asking for a tap or a head that `needs` does not name is a bug and throws. */
export interface FitBatch {
  readonly ops: Ops;
  readonly facts: ModelFacts;
  readonly head: Head;
  tap(name: string): Tensor;
}

/** View of one batch for scoring. It has the setting, never the grid's options: the setting is what cache keys contain. */
export interface Batch<Setting = unknown> extends FitBatch {
  readonly setting: Setting;
  /** Every setting that is scored on this batch. What a score is must not depend on the others. */
  readonly settings: readonly Setting[];
  /** Positions [n] of the samples in the file of their data set. */
  readonly indices: Uint32Array;
  /** A tensor of the fitted state. */
  state(name: string): Tensor;
  /** A value that all settings and columns of this batch share: made the first time, freed with the batch. */
  once(key: string, make: () => Tensor): Tensor;
  /** Logits [n, classes] of stochastic passes, one after another; the caller frees each. */
  dropoutLogits(passes: number): Iterable<Tensor2D>;
  /** Classes [n], float32. Throws `invalid-input` where the data set has none. */
  labels(): Tensor1D;
}

/** Tensors that a method fitted before scoring, by name. */
export type State = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
>;

export interface FitContext {
  readonly facts: ModelFacts;
  /** Name of the data, for messages. */
  readonly source: string;
  /** Classes [rows]; empty where the data have none. */
  readonly labels: Int32Array;
  /** W [classes, features] and b [classes]. Throws where `needs` does not name it. */
  readonly head: { readonly weight: Rows; readonly bias: Float32Array };
}

export interface Fit {
  /** The ID train set, or a data set that the method brings, whose pixels become (u8 - offset) / 255; `images` says what they are. */
  readonly on: 'train' | { readonly images: string; readonly offset: number };
  /** Labels of the data, and perhaps a sample of every class of the model: data that lack them are refused before anything runs. */
  readonly needsLabels?: 'any' | 'every-class';
  /** Returns the values of a batch to keep, [n, k] each. Their names are those of taps, for the sake of messages. */
  collect(batch: FitBatch): Readonly<Record<string, Tensor2D>>;
  /** From everything kept, in sample order; float64 inside, pure. The state serves every setting of a sweep. */
  solve(kept: (name: string) => Rows, context: FitContext): State;
}

/** Moves the input before the pass that is scored: x' = x + magnitude * step. */
export interface Perturbation<Setting = unknown> {
  /** The gradient behind a column under a setting, and how far to go. Probes with equal keys share one gradient. */
  probe(column: string, setting: Setting, facts: ModelFacts): Probe;
  /** d(loss)/d(tap), the loss being a mean over the batch; of the first column and setting with the probe's key. */
  cotangent(batch: Batch<Setting>, column: string): Tensor;
  /** The step from the input gradient [n, h, w, c] over the whole batch; `std` [c] of the input's normalisation. */
  step(ops: Ops, gradient: Tensor, std: Tensor1D): Tensor;
}

export interface Probe {
  readonly key: string;
  /** Tap that the gradient is taken of; the moved input is passed as far as this tap, and no further one can be scored. */
  readonly tap: string;
  /** Taps that are read of the moved pass, where not `tap` alone. */
  readonly reads?: readonly string[];
  readonly magnitude: number;
}

/** Origin of an arithmetic that is not in the catalog. */
export interface OwnModule {
  readonly url: string;
  /** Of all that the module is made of. */
  readonly digest: Digest;
}

/** The computation of a method, run by executors. It sees a model and a setting, never a grid. */
export interface Arithmetic<Setting extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** Part of every cache key: bumped when the numbers change. */
  readonly revision: number;
  /** The user's module that it is from; absent where it is of the catalog. */
  readonly module?: OwnModule;
  /** Schema of the setting: with model, data and fitted state it determines the numbers. Parsed before anything is computed. */
  readonly setting: Setting;
  /** Order in which the paper's protocol cuts test sets for it: `permuted` by default; `file` where its code did not shuffle. */
  readonly splitOrder?: SplitOrder;
  needs(facts: ModelFacts): Needs;
  /** Names of the numbers that a sample gets under a setting; one, `score`, where this is left out. */
  columns?(facts: ModelFacts): readonly string[];
  /** Stochastic passes per sample, for the work counts; none where this is left out. */
  passes?(setting: z.output<Setting>): number;
  readonly fit?: Fit;
  readonly perturb?: Perturbation<z.output<Setting>>;
  /** [n]; higher = more in-distribution, unless a regression over columns decides. */
  score(batch: Batch<z.output<Setting>>, column: string): Tensor1D;
}

/** A paper, with its number at arXiv or, where it is not there, the address of its page. */
export type Citation = Work &
  ({ readonly arxiv: string } | { readonly url: string }) & {
    /** Place within the paper. */
    readonly at?: string;
  };

export interface Card {
  readonly title: string;
  /** One line of mathematics. */
  readonly score: string;
  /** The paper that it is from, where there is one: every method of the catalog has it. */
  readonly cites?: Citation;
  /** Cost of a sample beside the pass, for n samples of D features and C classes, and of a fit on N; required of the catalog's methods. */
  readonly cost?: string;
  /** Differences between paper, reference code and this file, with the choice made here: a sentence each. */
  readonly quarrels?: readonly string[];
}

/** Settings in the protocol's order: of equals the first is taken. */
export interface Sweep<Setting> {
  readonly settings: readonly Setting[];
  /** The one that is taken when none is any good. */
  readonly fallback: number;
}

/** A method as a grid names it: turns options into settings of an arithmetic. */
export interface Row<Config extends z.ZodObject, Setting extends z.ZodObject> {
  readonly name: string;
  readonly card: Card;
  /** Options with defaults; the title of each says what it is. Grid schema, `methods show` and docs are made from it. */
  readonly config: Config;
  /** The option that names the models whose scores the row averages, where that is not the cell's own model. */
  readonly models?: string;
  /** The option that names the data set that is fitted on, where that is not the ID train set. */
  readonly fitSet?: string;
  /** The part of every setting that is not chosen. */
  constants?(config: z.output<Config>): Partial<z.input<Setting>>;
  /** Candidates of the sweep; undefined or left out: no sweep. Throws `invalid-input` for options that the model rules out. */
  sweep?(config: z.output<Config>, facts: ModelFacts): Sweep<Partial<z.input<Setting>>> | undefined;
  /** Whether inputs are moved; always, where this is left out and the arithmetic can. */
  isPerturbed?(config: z.output<Config>): boolean;
  /** Samples without which the fit has no meaning under a setting. */
  fitMinimum?(config: z.output<Config>, setting: z.output<Setting>): number;
}

export interface Method<Config extends z.ZodObject = z.ZodObject, Setting extends z.ZodObject = z.ZodObject>
  extends Row<Config, Setting> {
  readonly arithmetic: Arithmetic<Setting>;
}

/** One file, one method: options, settings, needs, fit, score, card. Seeing one is seeing all. */
export function defineMethod<Config extends z.ZodObject, Setting extends z.ZodObject>(
  method: Row<Config, Setting> & Arithmetic<Setting>,
): Method {
  return { ...method, arithmetic: method };
}

/** An arithmetic that several methods are rows of. */
export const defineArithmetic = <Setting extends z.ZodObject>(arithmetic: Arithmetic<Setting>): Arithmetic =>
  arithmetic;

/** A method that scores what another one scores, on other models. */
export const defineRow = <Config extends z.ZodObject>(
  arithmetic: Arithmetic,
  row: Row<Config, z.ZodObject>,
): Method => ({ ...row, arithmetic });
