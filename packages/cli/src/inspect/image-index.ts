import { hash } from 'node:crypto';

/** Bytes kept of an image's SHA-1: two different images of a million have the same with a chance of 1e-27. */
const KEY_BYTES = 16;
const KEY_WORDS = KEY_BYTES / 4;

export interface Copies {
  /** Images that are there already. */
  readonly count: number;
  /** Position of an image and of its first copy; null where there is none. */
  readonly example: readonly [original: number, copy: number] | null;
}

/** The images of one split by content, in 16 to 32 bytes each: finds exact copies in linear time. */
export class ImageIndex {
  readonly count: number;
  /** Images of the split that are copies of an earlier one in it. */
  readonly copies: Copies;
  readonly #keys: Uint32Array;
  /** Open addressing: position of the image plus one, 0 for an empty slot. */
  readonly #slots: Uint32Array;

  /** `images` [n, ...], n being `count`. */
  constructor(images: Uint8Array | Float32Array, count: number) {
    this.count = count;
    this.#keys = keysOf(images, count);
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * count + 1)));
    let copies = 0;
    let example: Copies['example'] = null;
    for (let i = 0; i < count; i++) {
      const slot = this.#slotOf(this.#keys, i);
      const found = valueAt(this.#slots, slot);
      if (found === 0) {
        this.#slots[slot] = i + 1;
        continue;
      }
      copies++;
      example ??= [found - 1, i];
    }
    this.copies = { count: copies, example };
  }

  /** Images of `other` that are in this split too. */
  sharedWith(other: ImageIndex): Copies {
    let count = 0;
    let example: Copies['example'] = null;
    for (let i = 0; i < other.count; i++) {
      const found = valueAt(this.#slots, this.#slotOf(other.#keys, i));
      if (found === 0) continue;
      count++;
      example ??= [found - 1, i];
    }
    return { count, example };
  }

  /** Slot of an image of that key, or the empty one where it would be. */
  #slotOf(keys: Uint32Array, image: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = valueAt(keys, image * KEY_WORDS) & mask; ; slot = (slot + 1) & mask) {
      const found = valueAt(this.#slots, slot);
      if (found === 0 || isSame(this.#keys, found - 1, keys, image)) return slot;
    }
  }
}

/** Beyond its end a table would say that a place is empty. */
function valueAt(table: Uint32Array, index: number): number {
  const value = table[index];
  if (value === undefined) throw new RangeError(`${index} is beyond the ${table.length} entries of a table`);
  return value;
}

function isSame(a: Uint32Array, i: number, b: Uint32Array, j: number): boolean {
  for (let word = 0; word < KEY_WORDS; word++)
    if (a[i * KEY_WORDS + word] !== b[j * KEY_WORDS + word]) return false;
  return true;
}

function keysOf(images: Uint8Array | Float32Array, count: number): Uint32Array {
  const bytes = new Uint8Array(images.buffer, images.byteOffset, images.byteLength);
  const size = bytes.length / count;
  const keys = new Uint32Array(count * KEY_WORDS);
  const view = new Uint8Array(keys.buffer);
  for (let i = 0; i < count; i++) {
    const digest = hash('sha1', bytes.subarray(i * size, (i + 1) * size), 'buffer');
    view.set(digest.subarray(0, KEY_BYTES), i * KEY_BYTES);
  }
  return keys;
}
