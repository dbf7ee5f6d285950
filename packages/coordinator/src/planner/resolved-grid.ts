import type { DataRef, Digest, MethodPlan, ModelSpec, ResultWarning, Transform } from '@oodgrid/protocol';

/** One split of a data set: where its images are and how many. */
export interface ResolvedSplit {
  readonly ref: DataRef;
  readonly count: number;
  /** Where the split has no labels: accuracy is not measured on it, and nothing fits on it. */
  readonly isUnlabelled?: true;
}

export interface ResolvedDataset {
  readonly name: string;
  readonly test: ResolvedSplit;
  /** Present where a method of the grid fits on it. */
  readonly train?: ResolvedSplit;
  /** Normalisation when this data set is the ID one; absent for sets that are only OOD. */
  readonly normalisation?: Transform;
}

/** A method of the grid, for one architecture. */
export interface ResolvedRow {
  /** Key in every table. */
  readonly row: string;
  readonly title: string;
  /** Plan of the method for each model of the grid, by the model's name. */
  readonly plans: Readonly<Record<string, MethodPlan>>;
  /** Blob of FSSD's noise images. */
  readonly noise: { readonly blob: Digest; readonly count: number } | null;
}

/** A grid in which every name has become content: what the planner reads, without any path. */
export interface ResolvedGrid {
  readonly name: string;
  readonly protocol: 'fssd-paper';
  readonly seed: number;
  readonly bootstrapReplicates: number;
  /** Models of the cells, in the grid's order. */
  readonly models: readonly ModelSpec[];
  /** Models that rows use beside those: ensemble members, outlier-exposed models. */
  readonly auxiliaryModels: readonly ModelSpec[];
  readonly datasets: readonly ResolvedDataset[];
  readonly pairs: readonly { readonly id: string; readonly ood: string }[];
  readonly rows: readonly ResolvedRow[];
  /** Memory that a task of each model needs, by the model's name: for placement only. */
  readonly memoryBytes: Readonly<Record<string, number>>;
  /** What the models' cards say of their accuracy, by the model's name: to compare with. */
  readonly cardAccuracies?: Readonly<Record<string, number>>;
  /** What was found in the data when the grid was resolved; goes into the results. */
  readonly warnings?: readonly ResultWarning[];
}

/** What the results depend on: `ResolvedGrid` is that already, blobs standing for paths. */
export function describeGrid(grid: ResolvedGrid): Record<string, unknown> {
  const { memoryBytes: _placement, cardAccuracies: _cards, warnings: _warnings, ...description } = grid;
  return description;
}
