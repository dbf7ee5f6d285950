import { link, mkdir, readdir, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '@oodgrid/contract';
import { FolderBlobStore } from '@oodgrid/transport';

const OWN = /^worker-(\d+)$/;
const SHARED = 'shared';

/**
 * Blobs that the workers of one machine share. Each has a folder of its own, which it alone removes from, of hard links into a common
 * one: a blob is fetched once and lies on the disk once. Who leaves removes its folder, and what nobody else has a link to.
 */
export class SharedBlobs {
  /** Folder of this worker: `ab/<digest>` as everywhere. */
  readonly own: string;
  readonly #mine: FolderBlobStore;
  readonly #shared: FolderBlobStore;
  readonly #dir: string;

  private constructor(dir: string, pid: number) {
    this.#dir = dir;
    this.own = join(dir, `worker-${pid}`);
    this.#mine = new FolderBlobStore(this.own);
    this.#shared = new FolderBlobStore(join(dir, SHARED));
  }

  /** Makes the folder, for its owner alone, and removes what workers left that were killed. */
  static async open(dir: string, pid = process.pid): Promise<SharedBlobs> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const blobs = new SharedBlobs(dir, pid);
    for (const name of await readdir(dir)) {
      const owner = Number(OWN.exec(name)?.[1]);
      // One of this number is of a process that is no more.
      if (owner === pid || (owner > 0 && !isAlive(owner))) await rm(join(dir, name), { recursive: true });
    }
    await mkdir(blobs.own, { recursive: true });
    await mkdir(join(dir, SHARED), { recursive: true });
    return blobs;
  }

  /** Whether another worker had it: it is in this one's folder then. */
  async take(digest: Digest): Promise<boolean> {
    return linked(this.#shared.path(digest), this.#mine.path(digest));
  }

  /** Lets others have what this one has fetched. */
  async offer(digest: Digest): Promise<void> {
    await linked(this.#mine.path(digest), this.#shared.path(digest));
  }

  /** It is damaged: nobody is to take it from here. */
  async drop(digest: Digest): Promise<void> {
    await unlink(this.#shared.path(digest)).catch(() => undefined);
  }

  /** This worker has no link to it any more: it goes where nobody else has. */
  async release(digest: Digest): Promise<void> {
    const path = this.#shared.path(digest);
    const links = await stat(path).then(
      ({ nlink }) => nlink,
      () => 0,
    );
    if (links === 1) await this.drop(digest);
  }

  /** Removes this worker's folder, what nobody else needs, and the whole when it was the last one. */
  async close(): Promise<void> {
    await rm(this.own, { recursive: true, force: true });
    for await (const { digest } of this.#shared.list()) await this.release(digest);
    const shared = join(this.#dir, SHARED);
    for (const name of await readdir(shared).catch(() => [])) await removeEmpty(join(shared, name));
    await removeEmpty(shared);
    await removeEmpty(this.#dir);
  }
}

/** Another worker may have done the same, or be about to remove it: then it is fetched, as if nobody had it. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await link(from, to);
    return true;
  } catch {
    return false;
  }
}

/** Nothing where something is left in it. */
async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined);
}

/** Also of another user's, whom it may not signal. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH');
  }
}
