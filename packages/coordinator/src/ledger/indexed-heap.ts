/** The `place` of an item that is in no heap. */
export const NOWHERE = -1;

/** An item of a heap, of one at a time: the heap keeps the item's place in it. */
interface Placed {
  place: number;
}

/** A binary heap whose items know where they are, so that any of them can be moved or taken out in O(log n). */
export class IndexedHeap<T extends Placed> {
  readonly #items: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** Puts an item in, or to its new place when its order has changed. */
  set(item: T): void {
    if (item.place === NOWHERE) this.#put(item, this.#items.length);
    this.#sink(this.#rise(item.place));
  }

  remove(item: T): void {
    const { place } = item;
    if (place === NOWHERE) return;
    item.place = NOWHERE;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#put(last, place);
    this.#sink(this.#rise(place));
  }

  #put(item: T, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }

  #rise(from: number): number {
    let place = from;
    const item = this.#items[place] as T;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#items[above] as T;
      if (!this.#isBefore(item, parent)) break;
      this.#put(parent, place);
      place = above;
    }
    this.#put(item, place);
    return place;
  }

  #sink(from: number): void {
    let place = from;
    const item = this.#items[place] as T;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= this.#items.length) break;
      if (
        below + 1 < this.#items.length &&
        this.#isBefore(this.#items[below + 1] as T, this.#items[below] as T)
      ) {
        below++;
      }
      const child = this.#items[below] as T;
      if (!this.#isBefore(child, item)) break;
      this.#put(child, place);
      place = below;
    }
    this.#put(item, place);
  }
}
