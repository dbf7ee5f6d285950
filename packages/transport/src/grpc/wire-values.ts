import { type Digest, ERROR_CODES, type ErrorCode, isDigest, isRunId, OodError } from '@oodgrid/contract';

export const malformed = (what: string): OodError =>
  new OodError('invalid-input', `malformed message: ${what}`);

/** Ids are checked letter by letter: bytes that are no UTF-8 arrive as replacement characters. */
export function runId(text: string): string {
  if (!isRunId(text)) {
    throw malformed(`${JSON.stringify(text.slice(0, 80))} is no run id`);
  }
  return text;
}

export function digest(text: string): Digest {
  if (!isDigest(text)) throw malformed(`${JSON.stringify(text.slice(0, 80))} is no digest`);
  return text;
}

export function errorCode(text: string): ErrorCode {
  return ERROR_CODES.find((code) => code === text) ?? 'internal';
}
