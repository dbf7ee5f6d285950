import type { Accuracy, Digest, GroupMean, ResultsHeader, ResultWarning } from '@oodgrid/contract';
import type { ChoiceOutcome } from '../merger/choose.js';
import type { ComparedRow } from '../merger/compare.js';
import type { MeanGroup } from '../merger/group-means.js';
import type { KeyedSeries, MergeInput } from '../merger/merge-input.js';
import type { RunningAuroc } from '../merger/running-auroc.js';
import type { PlannedAccuracy, PlannedCell, PlannedChoice } from '../planner/plan.js';

/** Location of the placements of one side's samples: 4-byte numbers from a byte offset of a file. */
export interface StoredPlacements {
  readonly at: number;
  readonly n: number;
  readonly m: number;
}

/** A merged cell, for its paired tests. */
export interface StoredRow extends ComparedRow {
  readonly file: string;
  readonly own: StoredPlacements;
  readonly shared: StoredPlacements | null;
}

/** Part of a merged run: its fields of the message, and the canonical JSON of what is in it, one a line. */
export interface PartFiles {
  readonly message: string;
  readonly canonical: string;
}

/** Jobs that threads do. Input and output are copied between threads. */
export interface Jobs {
  /** Makes a choice of hyper-parameters. */
  readonly choose: {
    readonly input: {
      readonly database: string;
      /** Its name. */
      readonly protocol: string;
      readonly choice: PlannedChoice;
      readonly series: readonly KeyedSeries[];
    };
    readonly output: ChoiceOutcome;
  };
  /** Accuracy of each model on each ID test set. */
  readonly accuracies: {
    readonly input: {
      readonly database: string;
      readonly planned: readonly PlannedAccuracy[];
      readonly series: readonly KeyedSeries[];
      readonly cards: Readonly<Record<string, number>>;
      readonly bootstrap: { readonly seed: number; readonly replicates: number };
    };
    readonly output: {
      readonly accuracies: readonly Accuracy[];
      readonly warnings: readonly ResultWarning[];
    };
  };
  /** AUROC of cells on the scores that are there, of those that say something already. */
  readonly running: {
    readonly input: {
      readonly database: string;
      /** Its name. */
      readonly protocol: string;
      readonly cells: readonly PlannedCell[];
      readonly series: readonly KeyedSeries[];
    };
    readonly output: readonly RunningAuroc[];
  };
  /** Merges some cells into a part of the run, and keeps their placements in a file. */
  readonly merge: {
    readonly input: {
      readonly database: string;
      readonly work: MergeInput;
      /** Whether each cell is compared with rows of the other split order. */
      readonly isMixed: readonly boolean[];
      readonly part: PartFiles;
      readonly placements: string;
    };
    readonly output: { readonly rows: readonly StoredRow[]; readonly warnings: readonly ResultWarning[] };
  };
  /** Paired tests of some groups of rows. */
  readonly compare: {
    readonly input: {
      readonly groups: readonly {
        readonly group: Pick<PlannedCell, 'id' | 'ood' | 'model'>;
        readonly rows: readonly StoredRow[];
      }[];
      readonly isEveryPair: boolean;
      readonly part: PartFiles;
    };
    readonly output: null;
  };
  /** Means over groups of OOD sets: for each method its rows on every set. */
  readonly 'group-means': {
    readonly input: {
      readonly groups: readonly {
        readonly where: Pick<MeanGroup, 'id' | 'model' | 'group'>;
        readonly rows: readonly (readonly StoredRow[])[];
      }[];
    };
    readonly output: readonly GroupMean[];
  };
  /** Puts the parts together into one file; returns its digest. */
  readonly pack: {
    readonly input: {
      readonly header: Omit<ResultsHeader, 'digest'>;
      readonly cells: readonly PartFiles[];
      readonly comparisons: readonly PartFiles[];
      readonly out: string;
    };
    readonly output: Digest;
  };
}

export type JobKind = keyof Jobs;
export type JobInput<K extends JobKind> = Jobs[K]['input'];
export type JobOutput<K extends JobKind> = Jobs[K]['output'];
