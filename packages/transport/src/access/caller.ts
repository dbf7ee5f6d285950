import type { Role } from './role.js';

/** The authenticated caller of a call. */
export interface Caller {
  /** Id of the token; null where none is needed. */
  readonly tokenId: string | null;
  /** Name of the token. */
  readonly name: string;
  readonly role: Role;
}

/** Knows the tokens. */
export interface Authenticator {
  /** Whose a token is. Throws `unauthenticated` when one is needed and this is none that opens anything now. */
  authenticate(token: string | undefined): Caller;
  /** Whether a caller that was let in still may be: its token is neither revoked nor expired. */
  isWelcome(caller: Caller): boolean;
}

/** Lets everybody do everything: for sockets that only their owner can reach, and for tests. */
export const OPEN_TO_ALL: Authenticator = {
  authenticate: () => ({ tokenId: null, name: '', role: 'admin' }),
  isWelcome: () => true,
};
