import type { Digest } from '@oodgrid/contract';
import type { CentralBlobStore } from '@oodgrid/transport';
import type { Coordinator } from '../coordinator.js';
import type { RunState } from '../dispatch/run-state.js';
import { blobsOf } from './required-blobs.js';
import type { RunFeed } from './run-feed.js';

export interface CollectOptions {
  readonly coordinator: Coordinator;
  readonly blobs: CentralBlobStore;
  readonly feed: RunFeed;
  readonly wallClock: () => Date;
}

/** Options of a collection. */
export interface CollectRequest {
  /** Days since a run ended after which it goes. */
  readonly olderThanDays: number;
  /** Says what would go, and removes nothing. */
  readonly isPreview: boolean;
  /** Also runs that are done and whose results nobody has fetched. */
  readonly withUnfetched: boolean;
}

export interface Collected {
  /** Ids of the runs that go. */
  readonly removed: readonly string[];
  /** Ids of those that are old enough and stay, because nobody has fetched their results. */
  readonly unfetched: readonly string[];
  readonly blobs: number;
  readonly bytes: number;
}

/** A blob that was just uploaded belongs to a run that is about to be submitted. */
const YOUNG_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/**
 * Forgets runs that ended long ago, then removes every blob that no run, no result and no fitted state in the
 * cache refers to.
 */
export async function collectGarbage(
  { coordinator, blobs, feed, wallClock }: CollectOptions,
  { olderThanDays, isPreview, withUnfetched }: CollectRequest,
): Promise<Collected> {
  const before = wallClock().getTime() - olderThanDays * DAY_MS;
  const old = coordinator.read((dispatcher) =>
    [...dispatcher.runs.values()].filter(({ ended }) => ended !== null && Date.parse(ended.at) <= before),
  );
  const isKept = (run: RunState) => run.status === 'done' && !run.isFetched && !withUnfetched;
  const unfetched = old.filter(isKept).map(({ id }) => id);
  const removed = old.filter((run) => !isKept(run)).map(({ id }) => id);
  const needed = neededBlobs(coordinator, new Set(removed));
  if (!isPreview) {
    for (const id of removed) {
      await coordinator.change((dispatcher) => dispatcher.forget(id));
      feed.forget(id);
    }
  }
  let count = 0;
  let bytes = 0;
  for await (const blob of blobs.list()) {
    if (needed.has(blob.digest) || wallClock().getTime() - blob.modifiedMs < YOUNG_MS) continue;
    if (!isPreview) await blobs.remove(blob.digest);
    count++;
    bytes += blob.bytes;
  }
  return { removed, unfetched, blobs: count, bytes };
}

/** Blobs that something refers to when those runs are gone. */
function neededBlobs(coordinator: Coordinator, removed: ReadonlySet<string>): ReadonlySet<Digest> {
  const needed = new Set<Digest>(coordinator.fittedBlobs());
  coordinator.read((dispatcher) => {
    for (const { id, submitted, ended } of dispatcher.runs.values()) {
      if (removed.has(id)) continue;
      for (const digest of blobsOf(submitted.spec)) needed.add(digest);
      if (ended?.result != null) needed.add(ended.result);
    }
  });
  return needed;
}
