import type { Digest, WorkCounts } from '@oodgrid/contract';
import type { Rows } from '@oodgrid/stats';

/** Rows of one unit's result, as they are computed. */
export type Chunk = { readonly key: Digest; readonly offsetRows: number } & { [K in keyof Rows]: Rows[K] };

/** A task's access to blobs and to the coordinator. */
export interface TaskIo {
  blob(digest: Digest): Promise<Uint8Array>;
  putBlob(bytes: Uint8Array): Promise<Digest>;
  /** Awaited before the next batch: back-pressure. */
  emit(chunk: Chunk): Promise<void>;
  progress(work: WorkCounts): void;
  readonly signal: AbortSignal;
}

/** Passes done, counted in images: an image forwarded 88 times counts 88. */
export class WorkMeter {
  images = 0;
  forwards = 0;
  gradients = 0;

  get counts(): WorkCounts {
    return { images: this.images, forwards: this.forwards, gradients: this.gradients };
  }
}
