import { OodError } from '@oodgrid/contract';
import type { RunProblem } from '../store/journal-record.js';
import type { RunState } from './run-state.js';

const WHAT_TO_DO =
  'submit the grid again: scores that are stored already are found by their keys and not computed again';

/**
 * Why a run cannot be followed whose journal was begun by another version of this program, which planned it otherwise: its task 7
 * may be another one by now. Null when it can. `plan` is the identity of the plan that the journal's numbers refer to; journals
 * of former versions have none, and nobody knows then.
 */
export function formerPlanProblem(run: RunState, plan: string | undefined): RunProblem | null {
  const unplannable = planProblem(run);
  if (unplannable !== null) return unplannable;
  if (plan === run.workload.planIdentity) return null;
  return {
    code: 'conflict',
    message: `run "${run.id}" was begun by another version of the coordinator, which planned it otherwise, so that it cannot go on; ${WHAT_TO_DO}`,
  };
}

/** Why a run that could be planned when it was submitted cannot be planned now; null when it can. */
export function planProblem(run: RunState): RunProblem | null {
  try {
    void run.workload.tasks;
    return null;
  } catch (thrown) {
    const { message } = OodError.from(thrown);
    return {
      code: 'conflict',
      message: `run "${run.id}" was submitted to another version of the coordinator, and this one cannot plan it: ${message}; ${WHAT_TO_DO}`,
    };
  }
}
