import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js';
import { OodError } from '@oodgrid/contract';
import { codeOfStatus, grpcStatus } from '../grpc/grpc-status.js';
import type { AuditEntry } from './audit-entry.js';
import type { Authenticator, Caller } from './caller.js';
import { markCaller } from './caller-id.js';
import { type Connection, callerKey, type OpenCall, OpenCalls } from './open-calls.js';
import { RateLimit } from './rate-limit.js';
import { isRpcPath, mayCall, RPC_RULES, rolesFor } from './rpc-rules.js';

export interface CallGateOptions {
  readonly authenticator: Authenticator;
  readonly audit: (entry: AuditEntry) => void;
  /** Told in one word why a call was refused or ended. */
  readonly onRefused: (reason: string) => void;
  /** A call of somebody who may make it begins. False: it would be one connection too many for its caller. */
  readonly onBegin: (connection: Connection, caller: string) => boolean;
  /** A call that began is over. */
  readonly onEnd: (connection: Connection) => void;
  /** Ends a connection at once. */
  readonly onHostile: (connection: Connection) => void;
}

/** A request, or its first message, is there within this time. */
const FIRST_MESSAGE_MS = 30_000;
/** Between two messages of an upload. */
const STALL_MS = 60_000;
/** Calls of one caller, at once and per second: a submission of a thousand blobs stays below. */
const CALLS = { burst: 5000, perSecond: 500 } as const;
/** Messages of one stream; what is more is taken later. */
const MESSAGES = { burst: 4000, perSecond: 2000 } as const;
/** Refused calls of one connection, after which it is ended: honest programs stop at the first. */
const MAX_REFUSED = 20;
/** The same for calls that come too often or are too many: honest programs try again later. */
const MAX_EXHAUSTED = 200;
/** Connections whose refused calls are counted. */
const MAX_COUNTED = 10_000;

/**
 * The checks that every call passes before anything of it is read: whose token it carries, whether its role may make it, and how
 * many there may be. What was let in and what was refused is told to the audit log.
 */
export class CallGate {
  readonly #options: CallGateOptions;
  readonly #calls: OpenCalls;
  readonly #rate = new RateLimit(CALLS.burst, CALLS.perSecond);
  readonly #refused = new Map<string, number>();

  constructor(options: CallGateOptions) {
    this.#options = options;
    this.#calls = new OpenCalls({ ...options, onTokenOver: () => options.onRefused('token_over') });
  }

  readonly interceptor: ServerInterceptor = ({ path, requestStream, responseStream }, call) => {
    const { audit, onRefused } = this.#options;
    const connection = connectionOf(call);
    const messages = new RateLimit(MESSAGES.burst, MESSAGES.perSecond);
    let caller: Caller | null = null;
    let open: OpenCall | undefined;
    let timer: NodeJS.Timeout | undefined;
    let subject: AuditEntry['subject'] = {};
    /** Its outcome is to be written down. */
    let isOwed = false;
    const note = (outcome: AuditEntry['outcome'], reason: string) =>
      audit({
        caller,
        peer: `${connection.address}:${connection.port}`,
        certificate: [call.getAuthContext().sslPeerCertificate?.subject.CN ?? ''].flat().join(', '),
        call: path.replace('/oodgrid.v1.', ''),
        subject,
        outcome,
        reason,
      });
    const settle = (outcome: AuditEntry['outcome'], reason: string) => {
      if (isOwed) note(outcome, reason);
      isOwed = false;
      clearTimeout(timer);
      if (open !== undefined && this.#calls.leave(open)) this.#options.onEnd(connection);
    };
    const end = (error: OodError) => call.sendStatus(grpcStatus(error));
    const expectMessageWithin = (milliseconds: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const error = new OodError('unavailable', 'nothing came for too long: the call is ended');
        onRefused('stalled');
        settle(error.code, error.message);
        end(error);
      }, milliseconds);
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            try {
              caller = this.#options.authenticator.authenticate(bearer(metadata));
              // The token goes no further than here.
              metadata.remove(AUTHORIZATION);
              markCaller(metadata, caller);
              open = this.#admit(path, caller, connection, end);
            } catch (thrown) {
              const error = OodError.from(thrown);
              note(error.code, error.message);
              end(error);
              this.#countRefused(connection, error);
              return;
            }
            expectMessageWithin(FIRST_MESSAGE_MS);
            pass(metadata);
          },
          onReceiveMessage: (message, pass) => {
            if (open === undefined || open.isOver) return;
            clearTimeout(timer);
            const describe = RPC_RULES[open.path].audit;
            if (describe !== null && Object.keys(subject).length === 0) {
              subject = describe(message);
              // A stream may stay open for days: its beginning is what is written down.
              if (responseStream) note('begun', '');
              else isOwed = true;
            }
            if (requestStream && !responseStream) expectMessageWithin(STALL_MS);
            const waitMs = requestStream ? messages.waitMs('', performance.now()) : 0;
            if (waitMs === 0) pass(message);
            else setTimeout(() => pass(message), waitMs);
          },
          onReceiveHalfClose: (pass) => {
            clearTimeout(timer);
            pass();
          },
          onCancel: () => settle('cancelled', 'the caller left before the answer'),
        }),
      sendStatus: (sent, pass) => {
        const { code = status.OK, details = '', metadata } = sent;
        settle(code === status.OK ? 'ok' : codeOfStatus(code, metadata), details);
        pass(sent);
      },
    });
  };

  close(): void {
    this.#calls.close();
  }

  /** Throws what refuses the call of somebody whose token is good. */
  #admit(path: string, caller: Caller, connection: Connection, end: OpenCall['end']): OpenCall {
    if (!isRpcPath(path) || !mayCall(caller.role, path)) {
      const needed = isRpcPath(path) ? `: that takes ${rolesFor(path)}` : '';
      const what = `${path.replace('/oodgrid.v1.', '')}${needed}`;
      throw new OodError(
        'permission-denied',
        `token ${caller.tokenId} has the role ${caller.role}, which may not call ${what}`,
      );
    }
    const who = callerKey(caller, connection);
    if (!this.#options.onBegin(connection, who))
      throw new OodError('resource-exhausted', 'too many connections of one caller are in use');
    try {
      const waitMs = this.#rate.waitMs(who, performance.now());
      if (waitMs > 0) throw new OodError('resource-exhausted', `too many calls: try again in ${waitMs} ms`);
      return this.#calls.add({ caller, path, connection, end });
    } catch (thrown) {
      this.#options.onEnd(connection);
      throw thrown;
    }
  }

  #countRefused(connection: Connection, { code }: OodError): void {
    this.#options.onRefused(code);
    const key = `${connection.address}:${connection.port}`;
    const count = (this.#refused.get(key) ?? 0) + 1;
    if (this.#refused.size >= MAX_COUNTED) this.#refused.clear();
    this.#refused.set(key, count);
    if (count >= (code === 'resource-exhausted' ? MAX_EXHAUSTED : MAX_REFUSED)) {
      this.#refused.delete(key);
      this.#options.onHostile(connection);
    }
  }
}

const AUTHORIZATION = 'authorization';

function bearer(metadata: Metadata): string | undefined {
  const [value] = metadata.get(AUTHORIZATION);
  return typeof value === 'string' ? /^Bearer (\S{1,200})$/i.exec(value)?.[1] : undefined;
}

/** A unix socket has neither address nor port. */
function connectionOf(call: ServerInterceptingCallInterface): Connection {
  const { remoteAddress = 'local', remotePort = 0 } = call.getConnectionInfo();
  return { address: remoteAddress, port: remotePort };
}
