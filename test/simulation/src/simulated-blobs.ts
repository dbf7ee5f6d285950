import type { Digest } from '@oodgrid/contract';

/** A place of content-addressed bytes, of which only matters whether they are there and right. */
export class SimulatedBlobs {
  readonly #isWhole = new Map<Digest, boolean>();

  /** Whether there is a file, whatever is in it. */
  isThere(blob: Digest): boolean {
    return this.#isWhole.has(blob);
  }

  /** Reads it: a damaged one is removed, as good as missing. */
  verify(blob: Digest): boolean {
    const isWhole = this.#isWhole.get(blob) ?? false;
    if (!isWhole) this.#isWhole.delete(blob);
    return isWhole;
  }

  put(blob: Digest): void {
    this.#isWhole.set(blob, true);
  }

  damage(blob: Digest): void {
    this.#isWhole.set(blob, false);
  }

  remove(blob: Digest): void {
    this.#isWhole.delete(blob);
  }

  get all(): readonly Digest[] {
    return [...this.#isWhole.keys()];
  }
}
