import type { Candidate, ChosenOn, Normalisation, SplitOrder, Work } from '@oodgrid/contract';
import type { Rows } from '@oodgrid/stats';
import type { Metric } from './metric.js';

/** Roles of samples: to fit the one score of a cell, to select a setting, to test. */
export const ROLES = ['fit', 'select', 'test'] as const;
export type Role = (typeof ROLES)[number];
export type Side = 'id' | 'ood';

/** Positions [from, to) in the protocol's order of a set; none where both are equal. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The positions of each role. */
export type Cut = Readonly<Record<Role, Range>>;

/** A method's columns under every setting, on the samples that a setting is selected on. */
export interface Sweep {
  readonly candidates: readonly Candidate[];
  /** The method's own setting, for when nothing speaks for another. */
  readonly fallback: number;
  rows(role: Exclude<Role, 'test'>, side: Side, candidate: number): Rows;
}

/** The setting that was selected, as an index of the candidates. */
export interface Selected {
  readonly candidate: number;
  /** No setting was good enough, and the method's own was taken. */
  readonly isFallback: boolean;
  /** The criterion's value of each setting, as results show them. */
  readonly values: readonly number[];
}

/** Combination of a method's columns into one score. */
export interface Combination {
  /** Kind of the combination, for results: `logistic-regression`. */
  readonly kind: string;
  /** Fitted parameters, for results. */
  readonly parameters: Readonly<Record<string, number | readonly number[]>>;
  /** Final scores, one a row; higher is more in-distribution. */
  scores(rows: Rows): Float64Array;
}

/** Whether settings are selected: never where the protocol selects none, and only if the grid says on what where that is left to it. */
export const isChoosing = (
  { selection, cutForChoice }: Pick<Protocol, 'selection' | 'cutForChoice'>,
  chooseOn: ChosenOn = 'none',
): boolean => selection !== null && (cutForChoice === undefined || chooseOn !== 'none');

/**
 * An evaluation protocol: how test sets are cut, a setting is selected and columns become one score, and the metrics.
 * Pure: no I/O, no clock, no randomness but by its own seed, so that every thread and every run comes to the same bits.
 */
export interface Protocol {
  /** As a grid names it. */
  readonly name: string;
  /** Publication that defines it. */
  readonly reference: string;
  /** The paper that it is from, for the references of results. */
  readonly cites?: Work;
  /**
   * Samples of a batch. Part of the results where a method's gradients depend on the batch; slices of the work are whole
   * numbers of batches.
   */
  readonly batch: number;
  /** Seed of the permutation of sets whose order is `permuted`: numpy's legacy generator. */
  readonly permutationSeed: number;
  /** In the order of tables. The first is the AUROC: running estimates and paired tests are of it. */
  readonly metrics: readonly Metric[];
  /** The normalisation of all images of a pair. Throws `invalid-input` where the sets have none that serves. */
  normalisation(id: { readonly name: string; readonly normalisation?: Normalisation }): Normalisation;
  /** The order in which a set is cut, for a method that asks for one. */
  order(wanted: SplitOrder): SplitOrder;
  /** Cuts a test set. Throws `invalid-input` for one that is too small. */
  cut(set: { readonly name: string; readonly count: number }): Cut;
  /**
   * Present where a grid says by `chooseOn` what data settings are chosen on: cuts an ID test set of which some samples choose. Where nothing is
   * chosen, and of OOD sets, `cut` says what is tested.
   */
  readonly cutForChoice?: Protocol['cut'];
  /** Number of OOD test samples that count, from the first on; decided once all have their scores. */
  keptOod(idTest: number, oodTest: number): number;
  /** Why sets should not be small, and how large is good: ends the warning about few test samples. */
  readonly advice: string;
  /** Selection of a setting; null where each method's default setting is taken. */
  readonly selection: {
    /** Quantity that is compared, as text: `TNR at 95 % TPR`. */
    readonly criterion: string;
    select(sweep: Sweep): Selected;
  } | null;
  /** From the rows of the role `fit`, which may be none. */
  combine(id: Rows, ood: Rows): Combination;
  /** The column that tells how the samples will be ranked before anything is fitted; null where none does. */
  previewColumn(columns: number): number | null;
}
