import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampleSet } from '@oodgrid/metrics';

/** Blobs are counted at most this often: there may be many. */
const COUNT_BLOBS_MS = 5 * 60_000;

/** Sizes of the files of a store. What cannot be looked at is left out. */
export class StoreSizes {
  readonly #folder: string;
  readonly #nowMs: () => number;
  #blobBytes: number | undefined;
  #countedAtMs = Number.NEGATIVE_INFINITY;
  #isCounting = false;

  constructor(folder: string, nowMs: () => number) {
    this.#folder = folder;
    this.#nowMs = nowMs;
  }

  async collect(samples: SampleSet): Promise<void> {
    this.#countBlobs();
    const sizeOf = async (name: string) => (await stat(join(this.#folder, name))).size;
    const [database, wal, fileSystem] = await Promise.allSettled([
      sizeOf('store.db'),
      sizeOf('store.db-wal'),
      statfs(this.#folder),
    ]);
    if (database.status === 'fulfilled')
      samples.add('oodgrid_store_bytes', { part: 'database' }, database.value);
    if (wal.status === 'fulfilled') samples.add('oodgrid_store_bytes', { part: 'wal' }, wal.value);
    if (this.#blobBytes !== undefined) samples.add('oodgrid_store_bytes', { part: 'blobs' }, this.#blobBytes);
    if (fileSystem.status === 'fulfilled') {
      const { bavail, bsize } = fileSystem.value;
      samples.add('oodgrid_store_free_bytes', {}, bavail * bsize);
    }
  }

  /** In the background: the first scrapes have no number yet. */
  #countBlobs(): void {
    const now = this.#nowMs();
    if (this.#isCounting || now - this.#countedAtMs < COUNT_BLOBS_MS) return;
    this.#isCounting = true;
    this.#countedAtMs = now;
    void bytesUnder(join(this.#folder, 'blobs'))
      .then((bytes) => {
        this.#blobBytes = bytes;
      })
      // Files come and go: the next count may be luckier.
      .catch(() => undefined)
      .finally(() => {
        this.#isCounting = false;
      });
  }
}

/** One file after the other: it is no hurry, and others want the disk. */
async function bytesUnder(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await bytesUnder(path);
    else
      bytes += await stat(path).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
}
