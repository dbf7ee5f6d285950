import { type Digest, OodError } from '@oodgrid/contract';
import type { FailureOrigin } from '@oodgrid/transport';

/** Why an attempt failed, and whose failure it is. Made where the failure arises, because only there that is known. */
export class AttemptError extends OodError {
  readonly origin: FailureOrigin;
  /** The blob that could not be read. */
  readonly blob: Digest | null;

  constructor(cause: unknown, origin: FailureOrigin, blob: Digest | null = null) {
    const { code, message } = OodError.from(cause);
    super(code, message, { cause });
    this.name = 'AttemptError';
    this.origin = origin;
    this.blob = blob;
  }

  /** Wraps an error. One that says nothing of its origin is the task's own. */
  static override from(thrown: unknown): AttemptError {
    return thrown instanceof AttemptError ? thrown : new AttemptError(thrown, 'task');
  }
}

/** Waits for work that fails only because of this worker: what it throws gets the origin `worker`. */
export async function ownDuty<T>(work: Promise<T>, blob: Digest | null = null): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw thrown instanceof AttemptError ? thrown : new AttemptError(thrown, 'worker', blob);
  }
}
