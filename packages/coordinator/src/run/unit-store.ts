import { OodError } from '@oodgrid/protocol';
import type { BlobStore } from '@oodgrid/transport';
import type { UnitScores } from '../merger/unit-results.js';
import type { BoundUnit } from '../planner/bind-task.js';
import type { CacheEntry, ScoreCache } from './score-cache.js';

/** Result of a unit: scores, or the blob of a fitted state. */
export type UnitResult =
  | { readonly kind: 'scores'; readonly scores: UnitScores }
  | { readonly kind: 'fitted'; readonly blob: Extract<CacheEntry, { kind: 'fitted' }>['blob'] };

/** Keeps unit results across runs, as content-addressed blobs behind the cache's index. */
export class UnitStore {
  readonly #blobs: BlobStore;
  readonly #cache: ScoreCache | null;

  /** Without a cache nothing is looked up and nothing is kept. */
  constructor(blobs: BlobStore, cache: ScoreCache | null) {
    this.#blobs = blobs;
    this.#cache = cache;
  }

  async find({ spec, columns }: BoundUnit, rows: number): Promise<UnitResult | undefined> {
    const entry = await this.#cache?.get(spec.key);
    if (entry === undefined) return undefined;
    if (entry.kind === 'fitted') return (await this.#blobs.has(entry.blob)) ? entry : undefined;
    if (entry.rows !== rows || entry.columns !== columns) return undefined;
    try {
      const bytes = await this.#blobs.get(entry.blob);
      if (bytes.length !== rows * columns * 4) return undefined;
      return {
        kind: 'scores',
        scores: { rows, columns, data: new Float32Array(new Uint8Array(bytes).buffer) },
      };
    } catch (error) {
      // A cache that lost or damaged a blob costs time, not the run.
      const { code } = OodError.from(error);
      if (code === 'not-found' || code === 'corrupt-data') return undefined;
      throw error;
    }
  }

  async keep({ spec }: BoundUnit, result: UnitResult): Promise<void> {
    if (this.#cache === null) return;
    if (result.kind === 'fitted') {
      await this.#cache.put(spec.key, result);
      return;
    }
    const { rows, columns, data } = result.scores;
    const blob = await this.#blobs.put(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    await this.#cache.put(spec.key, { kind: 'scores', rows, columns, blob });
  }
}
