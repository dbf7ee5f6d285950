import { OodError } from '@oodgrid/protocol';
import type { Authenticator, Caller } from './caller.js';
import { RPC_RULES, type RpcPath } from './rpc-rules.js';

/** Where a call came from: enough to find its connection. */
export interface Connection {
  readonly address: string;
  readonly port: number;
}

/** A call that was let in. */
export interface OpenCall {
  readonly caller: Caller;
  readonly path: RpcPath;
  readonly connection: Connection;
  readonly end: (error: OodError) => void;
  /** Its token is not good any more: what still comes of it is dropped. */
  isOver: boolean;
}

/** Open calls are looked at so often: a token that was revoked has none any more after twice that. */
const SWEEP_MS = 250;
/** Time for the end of a call to reach its caller; after it the connection is ended. */
const LEAVE_MS = 500;

export interface OpenCallsOptions {
  readonly authenticator: Authenticator;
  readonly onTokenOver: () => void;
  /** Ends a connection at once. */
  readonly onHostile: (connection: Connection) => void;
}

/** The calls that are open: at most so many of each kind, and none for longer than its token is good. */
export class OpenCalls {
  readonly #options: OpenCallsOptions;
  readonly #open = new Set<OpenCall>();
  readonly #counts = new Map<RpcPath, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: OpenCallsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#timer.unref();
  }

  /** Throws `resource-exhausted` when there are too many of its kind. */
  add(call: Omit<OpenCall, 'isOver'>): OpenCall {
    const count = this.#counts.get(call.path) ?? 0;
    if (count >= RPC_RULES[call.path].maxOpen) {
      throw new OodError('resource-exhausted', `${count} calls of this kind are open: try again later`);
    }
    this.#counts.set(call.path, count + 1);
    const open = { ...call, isOver: false };
    this.#open.add(open);
    return open;
  }

  leave(call: OpenCall): void {
    if (this.#open.delete(call)) this.#counts.set(call.path, (this.#counts.get(call.path) ?? 1) - 1);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    const { authenticator, onTokenOver, onHostile } = this.#options;
    for (const call of this.#open) {
      if (call.isOver || authenticator.isWelcome(call.caller)) continue;
      call.isOver = true;
      onTokenOver();
      call.end(new OodError('unauthenticated', `token ${call.caller.tokenId} was revoked or has expired`));
      // Who does not read does not see the end of the call.
      setTimeout(() => {
        if (this.#open.has(call)) onHostile(call.connection);
      }, LEAVE_MS).unref();
    }
  }
}
