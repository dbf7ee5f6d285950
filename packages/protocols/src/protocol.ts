import type { Candidate, Normalisation, SplitOrder, Work } from '@oodgrid/contract';
import type { Rows } from '@oodgrid/stats';
import type { Metric } from './metric.js';

/** What samples are for: to fit the one score of a cell, to select a setting, to test. */
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

/** What was selected, by position in the candidates. */
export interface Selected {
  readonly candidate: number;
  /** No setting was good enough, and the method's own was taken. */
  readonly isFallback: boolean;
  /** The criterion's value of each setting, as results show them. */
  readonly values: readonly number[];
}

/** How a method's columns become one score. */
export interface Combination {
  /** What it is, for results: `logistic-regression`. */
  readonly kind: string;
  /** What it was fitted to, for results. */
  readonly parameters: Readonly<Record<string, number | readonly number[]>>;
  /** Final scores, one a row; higher is more in-distribution. */
  scores(rows: Rows): Float64Array;
}

/**
 * How detectors are evaluated: how test sets are cut, a setting is selected, columns become one score, and what is measured.
 * Pure: no I/O, no clock, no randomness but by its own seed, so that every thread and every run comes to the same bits.
 */
export interface Protocol {
  /** As a grid names it. */
  readonly name: string;
  /** Where it is from. */
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
  /** How many of the OOD test samples count, from the first on: decided when all have their scores. */
  keptOod(idTest: number, oodTest: number): number;
  /** Why sets should not be small, and how large is good: ends the warning about few test samples. */
  readonly advice: string;
  /** How a setting is selected; null where each method's own is taken. */
  readonly selection: {
    /** What is compared, for people: `TNR at 95 % TPR`. */
    readonly criterion: string;
    select(sweep: Sweep): Selected;
  } | null;
  /** From the rows of the role `fit`, which may be none. */
  combine(id: Rows, ood: Rows): Combination;
  /** The column that tells how the samples will be ranked before anything is fitted; null where none does. */
  previewColumn(columns: number): number | null;
}
