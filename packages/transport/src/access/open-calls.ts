import { OodError } from '@oodgrid/contract';
import type { Authenticator, Caller } from './caller.js';
import { RPC_RULES, type RpcPath } from './rpc-rules.js';

/** Origin of a call: enough to find its connection. */
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
  /** By kind, and by kind and caller. */
  readonly #counts = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: OpenCallsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#timer.unref();
  }

  /** Throws `resource-exhausted` when there are too many of its kind, in all or of its caller, who may have half of them. */
  add(call: Omit<OpenCall, 'isOver'>): OpenCall {
    const { maxOpen } = RPC_RULES[call.path];
    const key = ofCaller(call);
    const [count, own] = [this.#counts.get(call.path) ?? 0, this.#counts.get(key) ?? 0];
    if (count >= maxOpen)
      throw new OodError('resource-exhausted', `${count} calls of this kind are open: try again later`);
    if (own >= Math.ceil(maxOpen / 2)) {
      throw new OodError(
        'resource-exhausted',
        `${own} calls of this kind are open by one caller: try again later`,
      );
    }
    this.#counts.set(call.path, count + 1);
    this.#counts.set(key, own + 1);
    const open = { ...call, isOver: false };
    this.#open.add(open);
    return open;
  }

  /** Whether it was there. */
  leave(call: OpenCall): boolean {
    if (!this.#open.delete(call)) return false;
    for (const key of [call.path, ofCaller(call)]) {
      const left = (this.#counts.get(key) ?? 1) - 1;
      if (left === 0) this.#counts.delete(key);
      else this.#counts.set(key, left);
    }
    return true;
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

/** Whom calls and connections are counted for: a token, or an address where none is needed. */
export const callerKey = ({ tokenId }: Caller, { address }: Connection): string => tokenId ?? address;

const ofCaller = ({ path, caller, connection }: Omit<OpenCall, 'isOver'>): string =>
  `${path} ${callerKey(caller, connection)}`;
