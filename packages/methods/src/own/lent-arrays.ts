import type { Tensor } from '../method.js';

interface Lent {
  readonly what: string;
  readonly data: Float32Array;
  /** As it was. */
  readonly copy: Float32Array;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Values of tensors as arrays, each read once, and whether somebody wrote into them. */
export class LentArrays {
  readonly #known = new WeakMap<Tensor, Lent>();
  /** Since they were looked at last. */
  #open = new Set<Lent>();

  /** The values, row-major; `what` is said of them where they are changed. */
  of(what: string, tensor: Tensor): Float32Array {
    let lent = this.#known.get(tensor);
    if (lent === undefined) {
      // The library may hand out the array that it computes with.
      const copy = tensor.dataSync<'float32'>().slice();
      lent = { what, data: copy.slice(), copy };
      this.#known.set(tensor, lent);
    }
    this.#open.add(lent);
    return lent.data;
  }

  /** Throws a TypeError that names an array which is not what it was: the next setting would see it changed. */
  requireUnchanged(): void {
    const open = [...this.#open];
    this.#open = new Set();
    const changed = open.find(({ data, copy }) => !bytesOf(data).equals(bytesOf(copy)));
    if (changed !== undefined)
      throw new TypeError(
        `it changes ${changed.what}, which other settings and columns read too; change a copy of it, data.slice()`,
      );
  }
}
