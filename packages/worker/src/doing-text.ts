export interface Doing {
  readonly tasks: number;
  readonly executors: number;
  readonly cores: number;
  /** Of the models and images that tasks have read: how many were open from an earlier task. */
  readonly inputs: { readonly hits: number; readonly misses: number };
}

/** Describes a worker's present work: `2 tasks on 2 executors of 4 cores; 12 of 14 models and data sets were open`. */
export function doingText({ tasks, executors, cores, inputs: { hits, misses } }: Doing): string {
  const read = hits + misses === 0 ? '' : `; ${hits} of ${hits + misses} models and data sets were open`;
  return `${tasks} tasks on ${executors} executors of ${cores} cores${read}`;
}
