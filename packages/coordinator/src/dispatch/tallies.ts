import type { ErrorCode, WorkCounts } from '@oodgrid/contract';
import { BucketCounts, COMMIT_SECONDS, TASK_SECONDS } from '@oodgrid/metrics';
import type { LedgerTask } from '../ledger/task-table.js';
import type { TaskReport } from '../workload/workload.js';

export type TaskKind = LedgerTask['kind'];

interface KindTally {
  first: number;
  again: number;
  computed: number;
  reused: number;
  images: number;
  readonly seconds: BucketCounts;
  readonly queueSeconds: BucketCounts;
}

const kindTally = (): KindTally => ({
  first: 0,
  again: 0,
  computed: 0,
  reused: 0,
  images: 0,
  seconds: new BucketCounts(TASK_SECONDS),
  queueSeconds: new BucketCounts(TASK_SECONDS),
});

const RECORDS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096] as const;

/**
 * Counters of events since the start of the process, as plain numbers: every task passes here some times, so each note takes
 * some nanoseconds, and whoever wants to see them reads them when asked. Replaying the journal notes nothing.
 */
export class Tallies {
  readonly kinds: Readonly<Record<TaskKind, KindTally>> = {
    fit: kindTally(),
    sweep: kindTally(),
    score: kindTally(),
  };
  readonly commitSeconds = new BucketCounts(COMMIT_SECONDS);
  readonly commitRecords = new BucketCounts(RECORDS);
  readonly failed = new Map<ErrorCode, number>();
  readonly givenUp = new Map<ErrorCode | 'lost', number>();
  readonly streams = { new: 0, resumed: 0 };
  readonly passes = { forward: 0, gradient: 0 };
  readonly units = { computed: 0, reused: 0 };
  chunkBytes = 0;
  repeatedMessages = 0;
  leasesRenewed = 0;
  storeFailures = 0;

  /** A lease was given, the `attempt`th of its task; `waitedMs` after it was offered to a queue. */
  leased(kind: TaskKind, attempt: number, waitedMs: number | undefined): void {
    const tally = this.kinds[kind];
    if (attempt === 1) tally.first++;
    else tally.again++;
    if (waitedMs !== undefined) tally.queueSeconds.add(waitedMs / 1000);
  }

  /** A task of so many units is done. */
  done(kind: TaskKind, units: number, { isReused, reusedUnits, seconds, work }: TaskReport): void {
    const tally = this.kinds[kind];
    this.units.reused += reusedUnits;
    this.units.computed += Math.max(0, units - reusedUnits);
    if (isReused) {
      tally.reused++;
      return;
    }
    tally.computed++;
    tally.seconds.add(seconds);
    this.#work(tally, work);
  }

  attemptFailed(code: ErrorCode): void {
    this.failed.set(code, (this.failed.get(code) ?? 0) + 1);
  }

  taskGivenUp(code: ErrorCode | 'lost'): void {
    this.givenUp.set(code, (this.givenUp.get(code) ?? 0) + 1);
  }

  #work(tally: KindTally, { images, forwards, gradients }: WorkCounts): void {
    tally.images += images;
    this.passes.forward += forwards;
    this.passes.gradient += gradients;
  }
}
