import type { Refuse } from '../what-is-this-file.js';

/** Reads a buffer from front to back; what lies beyond its end is refused before anything is made of it. */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #refuse: Refuse;
  #at: number;

  constructor(bytes: Uint8Array, refuse: Refuse, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#refuse = refuse;
    this.#at = at;
  }

  /** Bytes before the next one. */
  get position(): number {
    return this.#at;
  }

  byte(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  /** A length: more than the buffer has is refused, so the number is exact. */
  uint64(): number {
    const value = this.#view.getBigUint64(this.#advance(8), true);
    if (value > this.#bytes.length) this.#refuse(`${value} bytes are claimed at byte ${this.#at - 8}`);
    return Number(value);
  }

  /** Python writes the numbers of its binary opcodes big-endian. */
  bigEndianDouble(): number {
    return this.#view.getFloat64(this.#advance(8));
  }

  /** A view of the next bytes, not a copy. */
  take(length: number): Uint8Array {
    const from = this.#advance(length);
    return this.#bytes.subarray(from, from + length);
  }

  /** Up to the next line feed, which is passed over. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) return this.#refuse(`a line that begins at byte ${this.#at} has no end`);
    const text = Buffer.from(this.take(end - this.#at)).toString('latin1');
    this.#at++;
    return text;
  }

  #advance(length: number): number {
    const from = this.#at;
    if (from + length > this.#bytes.length)
      return this.#refuse(
        `${length} bytes are claimed at byte ${from}, ${this.#bytes.length - from} are there`,
      );
    this.#at = from + length;
    return from;
  }
}
