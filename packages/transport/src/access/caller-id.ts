import type { Metadata } from '@grpc/grpc-js';
import type { Caller } from './caller.js';

/** Metadata key by which the gate names the caller to a call's handler; values from outside are overwritten. */
const CALLER_KEY = 'oodgrid-caller';

export function markCaller(metadata: Metadata, { tokenId }: Caller): void {
  if (tokenId === null) metadata.remove(CALLER_KEY);
  else metadata.set(CALLER_KEY, tokenId);
}

/** Id of the token by which a call is made; null where none is needed. */
export function callerIdOf(metadata: Metadata): string | null {
  const [id] = metadata.get(CALLER_KEY);
  return typeof id === 'string' ? id : null;
}
