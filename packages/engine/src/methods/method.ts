import type { Labels } from '@oodgrid/datasets';
import type { Architecture } from '@oodgrid/models';
import type { Candidate } from '@oodgrid/protocol';
import type { Tensor, Tensor1D, Tensor2D, Tf } from '../backend/tensors.js';
import type { ComputeName } from './revisions.js';

/** What a method learned before scoring, by name. */
export type FittedTensors = ReadonlyMap<string, Tensor>;

/** Options as the planner resolved them; each method parses its own. */
export type Options = Readonly<Record<string, unknown>>;

/** Everything a forward method may read of one batch. */
export interface ForwardBatch {
  readonly tf: Tf;
  readonly architecture: Architecture;
  readonly options: Options;
  readonly fitted: FittedTensors;
  /** Tap values of the canonical pass. */
  readonly taps: ReadonlyMap<string, Tensor>;
  /** Position of each sample in the data set's file: the key of per-sample randomness. */
  readonly indices: Uint32Array;
  /** Of the samples; null where the data set has none. */
  readonly labels: Labels | null;
  readonly seed: number;
  /** Logits of one stochastic pass per number in `passes`, lazily, the deterministic layers run once. */
  stochasticLogits(passes: readonly number[]): Iterable<Tensor2D>;
}

/** A method that needs nothing but taps of one forward pass. */
export interface ForwardScorer {
  taps(architecture: Architecture, options: Options): readonly string[];
  /** Stochastic passes per sample, for the work counts; 0 for deterministic methods. */
  passes(options: Options): number;
  /** [n, columns]; higher = more in-distribution unless a regression over columns decides. */
  score(batch: ForwardBatch): Tensor2D;
}

/** One gradient: of one loss, at one tap, for a whole sweep of magnitudes. */
export interface Direction {
  readonly id: string;
  readonly tap: string;
  /** Softmax temperature where the loss has one. */
  readonly temperature: number;
}

/** What the pure functions of a gradient method may read. */
export interface GradientContext {
  readonly tf: Tf;
  readonly fitted: FittedTensors;
}

/** A method that perturbs the input along a gradient before it scores: x' = x + magnitude * step. */
export interface GradientScorer {
  /** The gradient behind each column of a candidate, in column order. */
  directions(architecture: Architecture, candidate: Candidate): readonly Direction[];
  /** d(loss)/d(tap), the loss being a mean over the batch. */
  cotangent(context: GradientContext, tap: Tensor, direction: Direction): Tensor;
  /** The step from the input gradient [n, h, w, c] over the whole batch; `std` [c] of the input's normalisation. */
  step(context: GradientContext, gradient: Tensor, std: Tensor1D): Tensor;
  /** [n] score of a tap value. */
  score(context: GradientContext, tap: Tensor, direction: Direction): Tensor1D;
}

/** Receives the taps of every batch of the fit's data, then gives the fitted state. */
export interface Fitter {
  /** Gives the tap whose features are not finite, null where all are. */
  add(taps: ReadonlyMap<string, Tensor>, labels: Labels | null): string | null;
  finish(): ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
}

/** One file of this shape per arithmetic; the table in `table.ts` lists them. */
export interface Method {
  readonly name: ComputeName;
  readonly forward?: ForwardScorer;
  readonly gradient?: GradientScorer;
  readonly fitTaps?: (architecture: Architecture) => readonly string[];
  readonly fitter?: (tf: Tf, architecture: Architecture, classes: number) => Fitter;
}
