/** A field of a merged run is a cell at most: its scores and features. */
const MAX_FIELD_BYTES = 2 ** 31;
/** A tag and a length are two numbers of at most ten bytes. */
const MAX_PREFIX_BYTES = 20;

/**
 * The fields of a protobuf message that has only length-delimited ones, each with its tag and length: one is a
 * message by itself. Throws RangeError for other bytes. Holds one field at a time.
 */
export async function* messageFields(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const waiting = new ByteQueue();
  for await (const piece of pieces) {
    waiting.push(piece);
    for (let field = waiting.takeField(); field !== undefined; field = waiting.takeField()) yield field;
  }
  if (waiting.size > 0) throw new RangeError('the message ends in the middle of a field');
}

class ByteQueue {
  #pieces: Uint8Array[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  /** Undefined while it is not whole. */
  takeField(): Uint8Array | undefined {
    const prefix = this.#peek(MAX_PREFIX_BYTES);
    const tag = varint(prefix, 0);
    const length = tag === undefined ? undefined : varint(prefix, tag.end);
    if (tag === undefined || length === undefined) {
      if (prefix.length >= MAX_PREFIX_BYTES) throw new RangeError('a field without a length');
      return undefined;
    }
    if ((tag.value & 7) !== 2) throw new RangeError(`a field of wire type ${tag.value & 7}`);
    if (length.value > MAX_FIELD_BYTES) throw new RangeError(`a field of ${length.value} bytes`);
    const whole = length.end + length.value;
    return this.#size < whole ? undefined : this.#take(whole);
  }

  #peek(count: number): Uint8Array {
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= count) return first.subarray(0, count);
    return Buffer.concat(this.#pieces.slice(0, count), Math.min(count, this.#size));
  }

  #take(count: number): Uint8Array {
    const taken = new Uint8Array(count);
    let at = 0;
    let used = 0;
    for (const piece of this.#pieces) {
      const part = piece.subarray(0, count - at);
      taken.set(part, at);
      at += part.length;
      if (part.length < piece.length) {
        this.#pieces[used] = piece.subarray(part.length);
        break;
      }
      used++;
      if (at === count) break;
    }
    this.#pieces.splice(0, used);
    this.#size -= count;
    return taken;
  }
}

function varint(
  bytes: Uint8Array,
  from: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let i = from; i < Math.min(bytes.length, from + 10); i++) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * (i - from));
    if (byte < 0x80) return { value, end: i + 1 };
  }
  return undefined;
}
