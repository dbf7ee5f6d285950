import type { SubmittedRecord } from '../store/journal-record.js';
import { GridWorkload } from './grid-workload.js';
import { SyntheticWorkload } from './synthetic-workload.js';
import type { Workload } from './workload.js';

/** The workload of a run; throws `invalid-input` for a grid that cannot be planned. */
export function makeWorkload({ spec, run }: SubmittedRecord): Workload {
  return spec.kind === 'grid' ? new GridWorkload(spec) : new SyntheticWorkload(spec, run);
}
