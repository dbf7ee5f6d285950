import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { OodError } from '@oodgrid/contract';

export interface SelfCheckOptions {
  /** Throws what is wrong. */
  readonly check: () => Promise<void>;
  /** Told why the worker takes no tasks; and the empty text when a check has passed. */
  readonly onChange: (trouble: string) => void;
}

const FIRST_MS = 500;
const MAX_MS = 10_000;
const PROBE_BYTES = 64 * 1024;

/** After a failure of its own a worker takes no tasks until a check of itself has passed. */
export class SelfCheck {
  readonly #options: SelfCheckOptions;
  #timer: NodeJS.Timeout | undefined;
  #waitMs = FIRST_MS;
  #trouble = '';

  constructor(options: SelfCheckOptions) {
    this.#options = options;
  }

  failed(trouble: string): void {
    if (this.#trouble !== '') return;
    this.#say(trouble);
    this.#waitMs = FIRST_MS;
    this.#later();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#check(), this.#waitMs);
    this.#timer.unref();
  }

  async #check(): Promise<void> {
    try {
      await this.#options.check();
      this.#say('');
    } catch (thrown) {
      this.#say(OodError.from(thrown).message);
      this.#waitMs = Math.min(MAX_MS, 2 * this.#waitMs);
      this.#later();
    }
  }

  #say(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#options.onChange(trouble);
  }
}

/** Writes a file into a folder, reads it back and removes it. Throws when that is not what was written. */
export async function probeFolder(folder: string): Promise<void> {
  const path = join(folder, `.probe.${randomUUID()}`);
  const bytes = randomBytes(PROBE_BYTES);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(path, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!bytes.equals(await readFile(path))) {
      throw new OodError('corrupt-data', 'what was read back is not what was written');
    }
  } catch (thrown) {
    const { code, message } = OodError.from(thrown);
    throw new OodError(
      code,
      `the cache folder ${folder} cannot be used: ${message}; free some space there or use another disk`,
      { cause: thrown },
    );
  } finally {
    await unlink(path).catch(() => undefined);
  }
}
