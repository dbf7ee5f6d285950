/** Messages within this time go out as one frame: it is far below the time of any task, and makes small tasks cheap. */
const GATHER_MS = 4;

/** Collects messages for `GATHER_MS` and writes them as one frame. */
export class FrameWriter<T> {
  readonly #write: (messages: T[], bytes: number) => void;
  readonly #maxBytes: number;
  #messages: T[] = [];
  #bytes = 0;
  #isScheduled = false;

  constructor(write: (messages: T[], bytes: number) => void, maxBytes: number) {
    this.#write = write;
    this.#maxBytes = maxBytes;
  }

  /** `bytes`: about how much the message adds to the frame. */
  push(message: T, bytes: number): void {
    this.#messages.push(message);
    this.#bytes += bytes;
    if (this.#bytes >= this.#maxBytes) this.flush();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      setTimeout(() => {
        this.#isScheduled = false;
        this.flush();
      }, GATHER_MS);
    }
  }

  flush(): void {
    if (this.#messages.length === 0) return;
    const messages = this.#messages;
    const bytes = this.#bytes;
    this.#messages = [];
    this.#bytes = 0;
    this.#write(messages, bytes);
  }
}
