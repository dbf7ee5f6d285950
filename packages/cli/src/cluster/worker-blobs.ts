import { join } from 'node:path';
import { SharedBlobs } from '@oodgrid/worker';
import { requireWritable } from '../output/writable-folder.js';

export interface WorkerBlobsOptions {
  /** Folder that the workers of this machine share; undefined: each keeps its own in the cache. */
  readonly sharedDir: string | undefined;
  readonly cacheDir: string;
  /** Name of the worker. */
  readonly id: string;
}

export interface WorkerBlobs {
  /** Folder that the executors read from. */
  readonly blobsDir: string;
  readonly shared: SharedBlobs | undefined;
  /** To be called when the worker is gone: what nobody needs any more is removed. */
  readonly leave: () => Promise<void>;
}

/** Opens the stores from which a worker reads weights and data. Throws as `requireWritable` does. */
export async function openWorkerBlobs({ sharedDir, cacheDir, id }: WorkerBlobsOptions): Promise<WorkerBlobs> {
  const whatFor = 'the folder of weights and data';
  if (sharedDir !== undefined) {
    await requireWritable(sharedDir, whatFor, 'name another --shared-cache');
    const shared = await SharedBlobs.open(sharedDir);
    return { blobsDir: shared.own, shared, leave: () => shared.close() };
  }
  // A folder of its own: another worker may remove what it does not need.
  const blobsDir = join(cacheDir, 'worker-blobs', id);
  await requireWritable(blobsDir, whatFor, 'name another cache in OODGRID_CACHE');
  return { blobsDir, shared: undefined, leave: async () => undefined };
}
