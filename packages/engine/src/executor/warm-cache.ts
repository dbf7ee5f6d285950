/** Counts of a cache: entries kept open, hits and misses. */
export interface WarmCounts {
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  /** Of what is open now. */
  readonly bytes: number;
}

/** A value, with what it takes and how it is freed. */
export interface Opened<T> {
  readonly value: T;
  readonly bytes: number;
  free(): void;
}

/** A value that is there until this is disposed. */
export interface Borrowed<T> extends Disposable {
  readonly value: T;
}

interface Entry<T> extends Opened<T> {
  borrowers: number;
  isKept: boolean;
}

/**
 * Keeps the values that were used last while they take no more than `limitBytes` together; the one that was used longest ago goes
 * first. What is borrowed is freed when it has come back: with a limit of 0 everything is opened for its borrower alone.
 */
export class WarmCache<T> implements Disposable {
  readonly #limitBytes: number;
  /** In the order of use, the last one last. */
  readonly #kept = new Map<string, Entry<T>>();
  #hits = 0;
  #misses = 0;
  #evictions = 0;
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get counts(): WarmCounts {
    return { hits: this.#hits, misses: this.#misses, evictions: this.#evictions, bytes: this.#bytes };
  }

  /** The value of this key: the one that is open, or a new one. Throws what `open` throws, and keeps nothing then. */
  async borrow(key: string, open: () => Promise<Opened<T>>): Promise<Borrowed<T>> {
    const known = this.#kept.get(key);
    if (known !== undefined) {
      this.#hits++;
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return this.#lend(known);
    }
    this.#misses++;
    const entry: Entry<T> = { ...(await open()), borrowers: 0, isKept: false };
    // Another task may have opened it meanwhile: the one that is kept stays.
    if (!this.#kept.has(key)) this.#keep(key, entry);
    return this.#lend(entry);
  }

  [Symbol.dispose](): void {
    for (const key of [...this.#kept.keys()]) this.#drop(key);
  }

  #keep(key: string, entry: Entry<T>): void {
    if (entry.bytes > this.#limitBytes) return;
    entry.isKept = true;
    this.#kept.set(key, entry);
    this.#bytes += entry.bytes;
    for (const oldest of [...this.#kept.keys()]) {
      if (this.#bytes <= this.#limitBytes) return;
      this.#evictions++;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const entry = this.#kept.get(key);
    if (entry === undefined) return;
    this.#kept.delete(key);
    this.#bytes -= entry.bytes;
    entry.isKept = false;
    if (entry.borrowers === 0) entry.free();
  }

  #lend(entry: Entry<T>): Borrowed<T> {
    entry.borrowers++;
    let isBack = false;
    return {
      value: entry.value,
      [Symbol.dispose]: () => {
        if (isBack) return;
        isBack = true;
        entry.borrowers--;
        if (entry.borrowers === 0 && !entry.isKept) entry.free();
      },
    };
  }
}
