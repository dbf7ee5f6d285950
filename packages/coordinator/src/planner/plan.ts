import type {
  Candidate,
  DataRef,
  Digest,
  ModelSpec,
  Order,
  Pass,
  SplitOrder,
  TaskSpec,
  Transform,
} from '@oodgrid/contract';
import type { Cut, Range, Side } from '@oodgrid/protocols';

/**
 * One computation by one method on one slice, before its fitted state and hyper-parameters are known. Its
 * `id` is a digest of all that goes into it, its task's header included; its cache key exists only once it is bound.
 */
export interface PlannedUnit {
  readonly id: string;
  readonly method: string;
  readonly revision: number;
  /** Of a user's method: what its module is made of. */
  readonly module?: Digest;
  readonly options: Readonly<Record<string, unknown>>;
  /** Id of the fit unit whose state it reads. */
  readonly fit: string | null;
  /** Blob of a state that comes with the grid instead of a fit. */
  readonly given?: Digest;
  readonly pass: Pass;
  /** Settings to evaluate, or the choice whose outcome is the one setting. */
  readonly candidates:
    | { readonly kind: 'listed'; readonly list: readonly Candidate[] }
    | { readonly kind: 'chosen'; readonly choice: string };
  readonly columns: number;
  /** Passes per sample beyond the one that the task's units share, for cost estimates. */
  readonly forwards: number;
  readonly gradients: number;
}

/** Units that share a pass: what one worker will lease. */
export interface PlannedTask {
  readonly id: string;
  readonly kind: TaskSpec['kind'];
  readonly model: ModelSpec;
  readonly data: DataRef;
  readonly transform: Transform;
  readonly order: Order;
  readonly from: number;
  readonly to: number;
  readonly batch: number;
  readonly seed: number;
  readonly units: readonly PlannedUnit[];
  /** Ids of fit units and choices that must be known first. */
  readonly needs: readonly string[];
  /** Higher first: what others wait for goes before what nobody waits for. */
  readonly priority: number;
}

/** The row range that one unit fills in the result of a series. */
export interface SeriesPart {
  readonly unit: string;
  readonly from: number;
  readonly to: number;
}

/** All slices of one method on one data set and model: parts cover [from, to) of the order without gaps. */
export interface Series {
  readonly id: string;
  readonly columns: number;
  readonly parts: readonly SeriesPart[];
}

/** Location of the rows of a split on which a choice is made; columns are ordered by candidate. */
export interface SplitRows {
  /** Averaged where there are several; none for a split without samples. */
  readonly series: readonly string[];
  /** Null where the series is the split; otherwise the series has a whole set of `count` samples in file order, and the split is a range of `order`. */
  readonly cut: (Range & { readonly order: SplitOrder; readonly count: number }) | null;
}

/** A split without samples. */
export const NO_ROWS: SplitRows = { series: [], cut: null };

/** A choice of hyper-parameters: for one method on one pair and model. */
export interface PlannedChoice {
  readonly id: string;
  /** Title for display. */
  readonly title: string;
  readonly candidates: readonly Candidate[];
  readonly fallbackCandidate: number;
  readonly columns: number;
  readonly fit: Readonly<Record<Side, SplitRows>>;
  readonly select: Readonly<Record<Side, SplitRows>>;
  /**
   * Present where ID samples alone choose: the predicted class and the label of the ID samples of `select`, those that are wrong stand for its
   * OOD side.
   */
  readonly predictions?: SplitRows;
}

/** Location of the features of one side of a cell. */
export type CellSide =
  /** Rows of whole-set series in file order, averaged over models where there are several; the chosen candidate's columns, where there is a choice. */
  | (SideFacts & { readonly kind: 'whole'; readonly series: readonly string[] })
  /**
   * The test split's own series; of the other splits the chosen candidate's columns of the sweeps, or, where nothing is
   * chosen, the series of the one setting on the split that is fitted on, if that has samples.
   */
  | (SideFacts & { readonly kind: 'swept'; readonly test: string; readonly fit: string | null });

interface SideFacts {
  /** Samples of the whole set. */
  readonly count: number;
  readonly cut: Cut;
}

/** Samples of a covariate-shifted set, which are ID test samples too. */
export interface ShiftedSide {
  readonly side: CellSide;
  /** As a cell's own. */
  readonly predictions?: SplitRows;
}

export interface PlannedCell {
  readonly row: string;
  readonly title: string;
  readonly id: string;
  readonly ood: string;
  readonly model: string;
  readonly splitOrder: SplitOrder;
  readonly columns: number;
  readonly choice: string | null;
  /** The method's own setting, where the protocol selects none; null otherwise. */
  readonly setting: Candidate | null;
  /** OOD samples that the setting is selected on, where they are not of the cell's own OOD set. */
  readonly selectOod?: number;
  readonly sides: { readonly id: CellSide; readonly ood: CellSide };
  /** Of the full spectrum, in the grid's order: their test samples stand behind those of the ID set. */
  readonly shifted?: readonly ShiftedSide[];
  /** Present where the score is the mean rank of these cells', which have the same test samples. */
  readonly members?: readonly PlannedCell[];
  /** The predicted class and the label of the ID test samples, where metrics ask for them. */
  readonly predictions?: SplitRows;
}

/** Predictions and labels of one model on one ID test set: how well it classifies. */
export interface PlannedAccuracy {
  readonly model: string;
  readonly id: string;
  readonly classes: number;
  /** Series of the predicted class and the label of every sample. */
  readonly series: string;
  /** Series of the largest softmax probability of every sample, where the grid asks for calibration. */
  readonly confidences?: string;
  /** Of a covariate-shifted set: what a model's card says is of another one. */
  readonly isShifted?: true;
}

export interface Plan {
  readonly tasks: readonly PlannedTask[];
  readonly series: readonly Series[];
  readonly choices: readonly PlannedChoice[];
  readonly cells: readonly PlannedCell[];
  readonly accuracies: readonly PlannedAccuracy[];
}

/** Series that a choice reads. */
export const seriesOfChoice = ({ fit, select, predictions = NO_ROWS }: PlannedChoice): readonly string[] =>
  [fit.id, fit.ood, select.id, select.ood, predictions].flatMap(({ series }) => series);
