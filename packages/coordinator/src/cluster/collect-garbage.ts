import type { Digest } from '@oodgrid/protocol';
import type { FolderBlobStore } from '@oodgrid/transport';
import type { Coordinator } from '../coordinator.js';
import { blobsOf } from './required-blobs.js';
import type { RunFeed } from './run-feed.js';

export interface CollectOptions {
  readonly coordinator: Coordinator;
  readonly blobs: FolderBlobStore;
  readonly feed: RunFeed;
  readonly olderThanDays: number;
  readonly wallClock: () => Date;
}

/** A blob that was just uploaded belongs to a run that is about to be submitted. */
const YOUNG_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/**
 * Forgets runs that ended long ago, then removes every blob that no run, no result and no fitted state in the
 * cache refers to any more.
 */
export async function collectGarbage(
  options: CollectOptions,
): Promise<{ runs: number; blobs: number; bytes: number }> {
  const { coordinator, blobs, feed, olderThanDays, wallClock } = options;
  const before = wallClock().getTime() - olderThanDays * DAY_MS;
  const old = coordinator.read((dispatcher) =>
    [...dispatcher.runs.values()].filter(({ ended }) => ended !== null && Date.parse(ended.at) <= before),
  );
  for (const { id } of old) {
    await coordinator.change((dispatcher) => dispatcher.forget(id));
    feed.forget(id);
  }
  const counts = new Map<Digest, number>();
  const refer = (digest: Digest) => counts.set(digest, (counts.get(digest) ?? 0) + 1);
  coordinator.read((dispatcher) => {
    for (const { submitted, ended } of dispatcher.runs.values()) {
      for (const digest of blobsOf(submitted.spec)) refer(digest);
      if (ended?.result != null) refer(ended.result);
    }
  });
  for (const digest of coordinator.fittedBlobs()) refer(digest);
  let removed = 0;
  let bytes = 0;
  for await (const blob of blobs.list()) {
    if (counts.has(blob.digest) || wallClock().getTime() - blob.modifiedMs < YOUNG_MS) continue;
    await blobs.remove(blob.digest);
    removed++;
    bytes += blob.bytes;
  }
  return { runs: old.length, blobs: removed, bytes };
}
