import { OodError } from '@oodgrid/contract';
import { SourceUnavailable } from '../source.js';

const CONNECT_TIMEOUT_MS = 5_000;
const STALL_TIMEOUT_MS = 20_000;
const MAX_BYTES = 512 * 1024 ** 2;

export interface FetchLimits {
  readonly connectTimeoutMs?: number;
  readonly stallTimeoutMs?: number;
  readonly maxBytes?: number;
}

/**
 * Downloads one file: gives up quickly on what does not answer or stalls. Throws SourceUnavailable;
 * `corrupt-data` for an answer larger than any data set is.
 */
export async function fetchFile(
  url: string,
  signal: AbortSignal,
  limits: FetchLimits = {},
): Promise<Uint8Array> {
  const {
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
    stallTimeoutMs = STALL_TIMEOUT_MS,
    maxBytes = MAX_BYTES,
  } = limits;
  const gaveUp = new AbortController();
  let timer = setTimeout(() => gaveUp.abort(), connectTimeoutMs);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, gaveUp.signal]) });
    if (!response.ok || response.body === null)
      throw new SourceUnavailable(`${url} answered ${response.status}`);
    const parts: Uint8Array[] = [];
    let total = 0;
    for await (const part of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => gaveUp.abort(), stallTimeoutMs);
      if (!(part instanceof Uint8Array)) throw new SourceUnavailable(`${url} sent no bytes`);
      total += part.length;
      if (total > maxBytes) throw new OodError('corrupt-data', `${url}: larger than ${maxBytes} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts, total);
  } catch (cause) {
    if (signal.aborted) throw new OodError('cancelled', `download of ${url} was stopped`, { cause });
    if (cause instanceof OodError || cause instanceof SourceUnavailable) throw cause;
    const reason = gaveUp.signal.aborted ? 'no answer in time' : OodError.from(cause).message;
    throw new SourceUnavailable(`${url}: ${reason}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
