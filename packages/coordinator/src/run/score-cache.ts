import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, digestSchema, OodError } from '@oodgrid/protocol';
import { z } from 'zod';

const entrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('scores'),
    rows: z.number().int(),
    columns: z.number().int(),
    blob: digestSchema,
  }),
  z.object({ kind: z.literal('fitted'), blob: digestSchema }),
]);
export type CacheEntry = z.infer<typeof entrySchema>;

/**
 * Index from a unit's key to the blob of its result. Keys hold everything that the bits depend on, so an
 * entry never goes stale; one that cannot be read counts as absent.
 */
export class ScoreCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(key: Digest): Promise<CacheEntry | undefined> {
    try {
      return entrySchema.parse(JSON.parse(await readFile(this.#path(key), 'utf8')));
    } catch {
      return undefined;
    }
  }

  async put(key: Digest, entry: CacheEntry): Promise<void> {
    const path = this.#path(key);
    const fresh = `${path}.${process.pid}.tmp`;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(fresh, JSON.stringify(entry));
      await rename(fresh, path);
    } catch (cause) {
      await rm(fresh, { force: true });
      const error = OodError.from(cause);
      throw new OodError(error.code, `${path}: the score cache could not be written: ${error.message}`, {
        cause,
      });
    }
  }

  #path(key: Digest): string {
    return join(this.#folder, key.slice(0, 2), `${key}.json`);
  }
}
