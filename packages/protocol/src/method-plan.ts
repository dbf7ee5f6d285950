/** One setting of a method's hyper-parameters, for example `{magnitude: 0.004, temperature: 1000}`. */
export type Candidate = Readonly<Record<string, number>>;

/** How the protocol cuts a test set: `file` keeps the file's order, `permuted` shuffles by the protocol's seed. */
export type SplitOrder = 'file' | 'permuted';

/**
 * The engine's arithmetic that tells whether a model works at all: of each sample the class that it predicts, and
 * the label. Planned beside the methods of every grid, for every model and ID test set.
 */
export const PREDICTIONS = { compute: 'predictions', revision: 1, columns: ['predicted', 'label'] } as const;

/**
 * What the planner must know of one configured method: plain data, so that a coordinator plans a grid
 * without loading a tensor library. `@oodgrid/engine` makes it from the method's own file.
 */
export interface MethodPlan {
  /** Name of the arithmetic in the engine's method table; two grid rows may share one (MSP serves three). */
  readonly compute: string;
  /** Bumped when the arithmetic changes; part of every cache key. */
  readonly revision: number;
  /** Resolved options that the arithmetic reads; part of every cache key. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Order in which the protocol splits this method's samples into valFit, valSelect and test. */
  readonly splitOrder: SplitOrder;
  /**
   * `forward`: needs taps of the canonical pass only (file order, sliced freely).
   * `gradient`: perturbs inputs with gradients taken over the protocol's permuted batches.
   */
  readonly pass: 'forward' | 'gradient';
  /** What is learned before scoring: from noise images, from the ID train set, or nothing. */
  readonly fit: 'none' | 'noise' | 'train';
  /** Hyper-parameter settings in the protocol's order; empty when there is nothing to choose. */
  readonly candidates: readonly Candidate[];
  /** Index of the candidate that is used when no candidate has a TNR above 0. */
  readonly fallbackCandidate: number;
  /** Names of the feature columns that each sample gets per candidate (one per layer, or one in all). */
  readonly columns: readonly string[];
  /** Names of the models whose scores are averaged (Deep Ensemble) or used instead of the cell's (OE); empty = the cell's model. */
  readonly models: readonly string[];
  /** Forward and gradient passes per sample and candidate, for cost estimates. */
  readonly cost: { readonly forwards: number; readonly gradients: number };
}
