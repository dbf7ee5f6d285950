import type { ErrorCode } from '@oodgrid/contract';
import type { Caller } from './caller.js';
import type { AuditSubject } from './rpc-rules.js';

/** One line of the audit log: who asked for what, and what came of it. Never holds a token. */
export interface AuditEntry {
  /** Null for a caller that was not let in. */
  readonly caller: Caller | null;
  /** Address and port that the call came from. */
  readonly peer: string;
  /** Common name of the peer's certificate; empty where it has none. */
  readonly certificate: string;
  /** For example `ClientService/Submit`. */
  readonly call: string;
  readonly subject: AuditSubject;
  /** `begun` for a stream that was let in, whose end is not written down. */
  readonly outcome: 'ok' | 'begun' | ErrorCode;
  /** Why it was refused, or failed. */
  readonly reason: string;
}
