import type { Socket } from 'node:net';

export interface ConnectionLimits {
  /** Connections in all. */
  readonly maxConnections: number;
  /** Connections that have not made a call yet that was let in; the one that waits longest makes room. */
  readonly maxPending: number;
  /** Time within which a connection has to make such a call, from its TCP handshake on. */
  readonly admitMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  maxConnections: 10_000,
  maxPending: 500,
  admitMs: 10_000,
};

/**
 * Knows every connection of a server, and ends those that are not worth keeping: who says nothing, who says it too
 * slowly, and who is one too many. So strangers hold little memory, whatever they send and however many they are.
 */
export class ConnectionGuard {
  readonly #limits: ConnectionLimits;
  readonly #onRefused: (reason: string) => void;
  readonly #all = new Map<string, Socket>();
  /** Connections of a unix socket, which have no name. */
  readonly #nameless = new Set<Socket>();
  /** Oldest first. */
  readonly #pending = new Map<string, NodeJS.Timeout>();

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
    if (this.#all.size >= maxConnections) {
      this.#onRefused('connections');
      socket.destroy();
      return false;
    }
    if (this.#pending.size >= maxPending) {
      for (const oldest of this.#pending.keys()) {
        this.#onRefused('pending_connections');
        this.#end(oldest);
        break;
      }
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

  /** It has made a call that was let in. */
  admit(address: string, port: number): void {
    this.#stopWaiting(keyOf(address, port));
  }

  /** Ends a connection at once. */
  drop(address: string, port: number): void {
    this.#end(keyOf(address, port));
  }

  close(): void {
    for (const key of [...this.#all.keys()]) this.#end(key);
    for (const socket of this.#nameless) socket.destroy();
  }

  #end(key: string): void {
    const socket = this.#all.get(key);
    if (socket === undefined) return;
    this.#forget(key, socket);
    socket.destroy();
  }

  #forget(key: string, socket: Socket): void {
    this.#stopWaiting(key);
    if (this.#all.get(key) === socket) this.#all.delete(key);
  }

  #stopWaiting(key: string): void {
    clearTimeout(this.#pending.get(key));
    this.#pending.delete(key);
  }
}

const keyOf = (address: string, port: number): string => `${address}|${port}`;
