import { blobsOfModel, type Digest, OodError, type WorkSpec } from '@oodgrid/contract';
import type { BlobStore, FolderBlobStore } from '@oodgrid/transport';
import PQueue from 'p-queue';
import { AttemptError, ownDuty } from './attempt-error.js';
import type { BlobAccess } from './held-tasks.js';
import type { SharedBlobs } from './shared-blobs.js';

export interface CachedBlobsOptions {
  readonly local: FolderBlobStore;
  readonly remote: BlobStore;
  /** Blobs shared by the workers of this machine. */
  readonly shared?: SharedBlobs | undefined;
  /** Beyond it, what was not used for longest is removed, unless a task needs it. */
  readonly maxBytes: number;
}

export interface BlobCounts {
  /** Of the blobs that are kept. */
  readonly bytes: number;
  /** Times that a blob which a task needed was there, and that it had to be fetched. */
  readonly here: number;
  readonly fetched: number;
  readonly fetchedBytes: number;
}

/** Fetches what tasks read from the coordinator, once, into a folder of bounded size. */
export class CachedBlobs implements BlobAccess {
  readonly #options: CachedBlobsOptions;
  /** Sizes of blobs checked since the start, least recently used first. */
  readonly #known = new Map<Digest, number>();
  readonly #uses = new Map<Digest, number>();
  readonly #downloads = new PQueue({ concurrency: 2 });
  readonly #fetching = new Map<Digest, Promise<number>>();
  readonly #counts = { here: 0, fetched: 0, fetchedBytes: 0 };

  constructor(options: CachedBlobsOptions) {
    this.#options = options;
  }

  /** Counts of blobs kept, and of the origins of blobs that tasks needed. */
  get counts(): BlobCounts {
    let bytes = 0;
    for (const size of this.#known.values()) bytes += size;
    return { ...this.#counts, bytes };
  }

  async fetch(task: WorkSpec): Promise<() => void> {
    const digests = blobsOf(task);
    for (const digest of digests) this.#uses.set(digest, (this.#uses.get(digest) ?? 0) + 1);
    const release = () => {
      for (const digest of digests) this.#uses.set(digest, (this.#uses.get(digest) ?? 1) - 1);
    };
    // The frequent case: everything was fetched for a task before, and nothing new asks for room.
    if (digests.every((digest) => this.#touch(digest))) return release;
    try {
      await Promise.all(digests.map((digest) => this.#ensure(digest)));
      await this.#evict(this.#options.maxBytes);
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  async publish(digest: Digest): Promise<void> {
    await this.#options.remote.put(await this.#options.local.get(digest));
  }

  async heal(digest: Digest): Promise<void> {
    this.#known.delete(digest);
    await this.#ensure(digest);
  }

  /** Notes that a blob is used now; false when it is not here. */
  #touch(digest: Digest): boolean {
    const known = this.#known.get(digest);
    if (known === undefined) return false;
    this.#counts.here++;
    // Put at the end: it was used last.
    this.#known.delete(digest);
    this.#known.set(digest, known);
    return true;
  }

  async #ensure(digest: Digest): Promise<void> {
    if (this.#touch(digest)) return;
    let fetching = this.#fetching.get(digest);
    if (fetching === undefined) {
      fetching = this.#downloads.add(() => this.#fetch(digest)).finally(() => this.#fetching.delete(digest));
      this.#fetching.set(digest, fetching);
    }
    this.#known.set(digest, await fetching);
  }

  /** Size of a blob that is here, and whole, when it returns. */
  async #fetch(digest: Digest): Promise<number> {
    const { remote, shared } = this.#options;
    const mine = (await this.#read(digest)) ?? (await this.#taken(digest));
    if (mine !== undefined) return mine;
    const bytes = await remote.get(digest).catch((thrown: unknown) => {
      const { code } = OodError.from(thrown);
      // What the coordinator does not have, or has with other bytes, no worker can get.
      const isOfStore = code === 'not-found' || code === 'corrupt-data';
      throw new AttemptError(thrown, isOfStore ? 'store' : 'worker', digest);
    });
    this.#counts.fetched++;
    this.#counts.fetchedBytes += bytes.byteLength;
    await ownDuty(this.#keep(bytes));
    await shared?.offer(digest);
    return bytes.byteLength;
  }

  /** Size of a blob that is whole; one that is damaged is removed. */
  async #read(digest: Digest): Promise<number | undefined> {
    const { local } = this.#options;
    const bytes = await local.get(digest).catch(() => undefined);
    if (bytes === undefined) await local.remove(digest).catch(() => undefined);
    return bytes?.byteLength;
  }

  /** The same for what another worker of this machine has fetched. */
  async #taken(digest: Digest): Promise<number | undefined> {
    const { shared } = this.#options;
    if (shared === undefined || !(await shared.take(digest))) return undefined;
    const size = await this.#read(digest);
    if (size === undefined) await shared.drop(digest);
    return size;
  }

  /** Writes a blob. On a full disk, blobs that no task needs now are removed first. */
  async #keep(bytes: Uint8Array): Promise<void> {
    const { local } = this.#options;
    try {
      await local.put(bytes);
    } catch (thrown) {
      if (OodError.from(thrown).code !== 'resource-exhausted' || !(await this.#evict(0))) throw thrown;
      await local.put(bytes);
    }
  }

  /** Removes what was not used for longest until no more than that is left, unless a task needs it. True when it removed something. */
  async #evict(maxBytes: number): Promise<boolean> {
    let total = 0;
    let isChanged = false;
    for (const bytes of this.#known.values()) total += bytes;
    for (const [digest, bytes] of this.#known) {
      if (total <= maxBytes) break;
      if ((this.#uses.get(digest) ?? 0) > 0) continue;
      this.#known.delete(digest);
      await this.#options.local.remove(digest).catch(() => undefined);
      await this.#options.shared?.release(digest);
      total -= bytes;
      isChanged = true;
    }
    return isChanged;
  }
}

function blobsOf(task: WorkSpec): Digest[] {
  if (task.kind === 'synthetic') return [...new Set(task.reads)];
  const { model, data, units } = task;
  return [...new Set([...blobsOfModel(model), data.images, ...units.flatMap(({ fitted }) => fitted ?? [])])];
}
