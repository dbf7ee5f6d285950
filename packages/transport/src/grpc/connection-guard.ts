import type { Socket } from 'node:net';

export interface ConnectionLimits {
  /** Connections in all; beyond it the one that was used least lately and has no call open makes room. */
  readonly maxConnections: number;
  /** Connections of one caller. */
  readonly maxOfCaller: number;
  /** Connections that have not made a call yet that was let in; the one that waits longest makes room. */
  readonly maxPending: number;
  /** Time within which a connection has to make such a call, from its TCP handshake on. */
  readonly admitMs: number;
}

/** A connection that has made a call that was let in. */
interface Admitted {
  readonly caller: string;
  /** Calls that are open. */
  calls: number;
}

/**
 * Knows every connection of a server, and ends those that are not worth keeping: who says nothing, who says it too
 * slowly, and who is one too many. So strangers hold little memory, whatever they send and however many they are, and nobody
 * with a token takes every place.
 */
export class ConnectionGuard {
  readonly #limits: ConnectionLimits;
  readonly #onRefused: (reason: string) => void;
  readonly #all = new Map<string, Socket>();
  /** Connections of a unix socket, which have no name. */
  readonly #nameless = new Set<Socket>();
  /** Oldest first. */
  readonly #pending = new Map<string, NodeJS.Timeout>();
  readonly #admitted = new Map<string, Admitted>();
  /** Those of the admitted that have no call open, the least lately used first. */
  readonly #idle = new Set<string>();
  /** Admitted connections by caller. */
  readonly #counts = new Map<string, number>();

  constructor(limits: ConnectionLimits, onRefused: (reason: string) => void) {
    this.#limits = limits;
    this.#onRefused = onRefused;
  }

  get size(): number {
    return this.#all.size;
  }

  /** False for a connection that is refused, and ended. Those of a unix socket have no name and are not limited. */
  accept(socket: Socket): boolean {
    const { remoteAddress, remotePort } = socket;
    socket.on('error', () => undefined);
    if (remoteAddress === undefined || remotePort === undefined) {
      this.#nameless.add(socket);
      socket.once('close', () => this.#nameless.delete(socket));
      return !socket.destroyed;
    }
    const { maxConnections, maxPending, admitMs } = this.#limits;
    if (this.#pending.size >= maxPending) this.#endFirst(this.#pending.keys(), 'pending_connections');
    if (this.#all.size >= maxConnections && !this.#makeRoom()) {
      this.#onRefused('connections');
      socket.destroy();
      return false;
    }
    const key = keyOf(remoteAddress, remotePort);
    this.#all.set(key, socket);
    const timer = setTimeout(() => {
      this.#onRefused('idle_connection');
      this.#end(key);
    }, admitMs);
    timer.unref();
    this.#pending.set(key, timer);
    socket.once('close', () => this.#forget(key, socket));
    return true;
  }

  /** A call of somebody who may make it begins. False: it would be one connection too many for the caller, all of which are in use. */
  begin(address: string, port: number, caller: string): boolean {
    const key = keyOf(address, port);
    if (!this.#all.has(key)) return true;
    const admitted = this.#admitted.get(key) ?? this.#admit(key, caller);
    if (admitted === undefined) return false;
    admitted.calls++;
    this.#idle.delete(key);
    return true;
  }

  /** A call that began is over. */
  end(address: string, port: number): void {
    const key = keyOf(address, port);
    const admitted = this.#admitted.get(key);
    if (admitted !== undefined && --admitted.calls === 0) this.#idle.add(key);
  }

  /** Ends a connection at once. */
  drop(address: string, port: number): void {
    this.#end(keyOf(address, port));
  }

  close(): void {
    for (const key of [...this.#all.keys()]) this.#end(key);
    for (const socket of this.#nameless) socket.destroy();
  }

  #admit(key: string, caller: string): Admitted | undefined {
    if ((this.#counts.get(caller) ?? 0) >= this.#limits.maxOfCaller) {
      const own = [...this.#idle].filter((one) => this.#admitted.get(one)?.caller === caller);
      if (!this.#endFirst(own, 'idle_connection')) return undefined;
    }
    this.#stopWaiting(key);
    this.#counts.set(caller, (this.#counts.get(caller) ?? 0) + 1);
    const admitted = { caller, calls: 0 };
    this.#admitted.set(key, admitted);
    return admitted;
  }

  #makeRoom(): boolean {
    return (
      this.#endFirst(this.#idle, 'idle_connection') ||
      this.#endFirst(this.#pending.keys(), 'pending_connections')
    );
  }

  #endFirst(keys: Iterable<string>, reason: string): boolean {
    for (const key of keys) {
      this.#onRefused(reason);
      this.#end(key);
      return true;
    }
    return false;
  }

  #end(key: string): void {
    const socket = this.#all.get(key);
    if (socket === undefined) return;
    this.#forget(key, socket);
    socket.destroy();
  }

  #forget(key: string, socket: Socket): void {
    if (this.#all.get(key) !== socket) return;
    this.#all.delete(key);
    this.#stopWaiting(key);
    this.#idle.delete(key);
    const caller = this.#admitted.get(key)?.caller;
    if (caller === undefined) return;
    this.#admitted.delete(key);
    const left = (this.#counts.get(caller) ?? 1) - 1;
    if (left === 0) this.#counts.delete(caller);
    else this.#counts.set(caller, left);
  }

  #stopWaiting(key: string): void {
    clearTimeout(this.#pending.get(key));
    this.#pending.delete(key);
  }
}

const keyOf = (address: string, port: number): string => `${address}|${port}`;
