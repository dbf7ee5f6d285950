import { FailureOrigin, type worker as wire } from '@oodgrid/contract/wire';
import type { FailedMessage } from '../ports.js';
import { digest, errorCode } from './wire-values.js';

type Failure = Omit<FailedMessage, 'kind' | 'run' | 'task' | 'attempt' | 'token'>;

const WIRE_ORIGIN: Readonly<Record<FailedMessage['origin'], FailureOrigin>> = {
  task: FailureOrigin.FAILURE_ORIGIN_TASK,
  worker: FailureOrigin.FAILURE_ORIGIN_WORKER,
  store: FailureOrigin.FAILURE_ORIGIN_STORE,
};

function originFromWire(origin: FailureOrigin): FailedMessage['origin'] {
  if (origin === FailureOrigin.FAILURE_ORIGIN_WORKER) return 'worker';
  return origin === FailureOrigin.FAILURE_ORIGIN_STORE ? 'store' : 'task';
}

export function failureToWire(failure: Failure): Omit<wire.Failed, 'lease'> {
  const { code, message, retryable, logTail, origin, blob } = failure;
  return { code, message, retryable, logTail, origin: WIRE_ORIGIN[origin], blob: blob ?? '' };
}

/** Throws `invalid-input` for what is malformed. */
export function failureFromWire(failed: wire.Failed): Failure {
  const { code, message, retryable, logTail } = failed;
  const origin = originFromWire(failed.origin);
  return {
    code: errorCode(code),
    message: message.slice(0, 10_000),
    retryable,
    logTail: logTail.slice(-10_000),
    origin,
    blob: origin === 'store' ? digest(failed.blob) : null,
  };
}
