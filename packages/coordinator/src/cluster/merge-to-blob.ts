import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@oodgrid/contract';
import type { CentralBlobStore } from '@oodgrid/transport';
import type { RunState } from '../dispatch/run-state.js';
import { mergeGridRun } from '../merge-grid-run.js';
import type { ResultReader } from '../store/result-reader.js';
import type { ThreadPool } from '../threads/thread-pool.js';
import { SyntheticWorkload } from '../workload/synthetic-workload.js';

export interface MergeToBlobOptions {
  readonly threads: ThreadPool;
  readonly database: string;
  readonly blobs: CentralBlobStore;
  /** Folder for merges on the way, on the disk of the blobs. */
  readonly folder: string;
  readonly onProgress: (run: RunState, merged: number, cells: number) => void;
}

/** Merges a run into a blob. What was on the way when a coordinator was killed is removed by the next one's `clearMerges`. */
export async function mergeToBlob(
  run: RunState,
  results: ResultReader,
  { threads, database, blobs, folder, onProgress }: MergeToBlobOptions,
): Promise<Digest> {
  if (run.workload instanceof SyntheticWorkload) {
    return blobs.put(new TextEncoder().encode(JSON.stringify({ digest: run.workload.digest(results) })));
  }
  const own = join(folder, `${run.id}.${randomUUID()}`);
  await mkdir(own, { recursive: true });
  try {
    const out = join(own, 'merged');
    const digest = await mergeGridRun(run, {
      threads,
      database,
      folder: own,
      out,
      // Nobody, when every result was in the cache.
      workers: Math.max(1, run.contributors.size),
      onProgress: (merged, cells) => {
        run.merge = { merged, cells };
        onProgress(run, merged, cells);
      },
    });
    await blobs.adopt(out, digest);
    return digest;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Removes what a coordinator left that ended in the middle of a merge. */
export async function clearMerges(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
