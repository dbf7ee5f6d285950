import type { Dispatcher } from '@oodgrid/coordinator';
import type { LeaseRef } from '@oodgrid/transport';
import type { DiskStore } from './disk-store.js';
import { Violation } from './violation.js';

/** A worker that connected or recovered in the same turn as a grant was not there when it was decided: that happens, but rarely. */
const MAX_CLOSE_CALLS = 2;
const TURN_MS = 20;

/** A task is not given again to a worker that failed it while a sound one that has not could take it. */
export class GrantChecker {
  #closeCalls = 0;

  granted(
    { run, task }: LeaseRef,
    worker: string,
    dispatcher: Dispatcher,
    store: DiskStore,
    now: number,
  ): void {
    const failedOn = store.failedOn(run, task);
    if (!failedOn.has(worker)) return;
    const pool = dispatcher.runs.get(run)?.pool;
    for (const { info, peer, since, places, isDraining } of dispatcher.workers) {
      const isOfClass = info.numericsClass === pool;
      const isSound =
        isOfClass && peer !== null && !isDraining && places === info.slots && now - since > TURN_MS;
      if (!isSound || failedOn.has(info.workerId) || ++this.#closeCalls <= MAX_CLOSE_CALLS) continue;
      throw new Violation(
        `task ${task} of ${run} was given to ${worker} again, which had failed it, and ${info.workerId} could have taken it`,
      );
    }
  }
}
