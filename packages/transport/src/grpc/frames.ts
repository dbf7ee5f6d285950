/** Collects what is said in one turn of the event loop and writes it as one frame. */
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
      setImmediate(() => {
        this.#isScheduled = false;
        this.flush();
      });
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
