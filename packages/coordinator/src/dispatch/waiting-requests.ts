import type { WorkerPeer } from '@oodgrid/transport';

/** Outcome of one attempt to serve a request: a lease; none for this worker now; or none for any worker of its class. */
export type Served = 'granted' | 'not-now' | 'nothing-left';

/**
 * Requests for any task that are not answered yet, in a queue for each numerics class. Nobody polls: a request lies here until
 * there is a task, and then the answer is sent.
 */
export class WaitingRequests {
  /** By class; who waits longest is first. */
  readonly #queues = new Map<string, Map<WorkerPeer, Set<number>>>();
  readonly #classes = new Map<WorkerPeer, string>();

  add(peer: WorkerPeer, numericsClass: string, requestId: number): void {
    this.#classes.set(peer, numericsClass);
    const queue = this.#queues.get(numericsClass) ?? new Map<WorkerPeer, Set<number>>();
    this.#queues.set(numericsClass, queue);
    const known = queue.get(peer);
    if (known === undefined) queue.set(peer, new Set([requestId]));
    else known.add(requestId);
  }

  /** A connection is over: its worker asks again on the next. */
  forget(peer: WorkerPeer): void {
    const numericsClass = this.#classes.get(peer);
    this.#classes.delete(peer);
    if (numericsClass !== undefined) this.#remove(numericsClass, peer);
  }

  /** Tries one request of each worker in turn, until nobody can be given anything: so all get their share. */
  serve(answer: (peer: WorkerPeer, requestId: number) => Served): void {
    for (const [numericsClass, queue] of this.#queues) {
      for (let turn = [...queue]; turn.length > 0; ) {
        const next: typeof turn = [];
        for (const [peer, requests] of turn) {
          const [requestId] = requests;
          if (requestId === undefined) continue;
          const served = answer(peer, requestId);
          if (served === 'nothing-left') break;
          if (served === 'not-now') continue;
          requests.delete(requestId);
          // To the end: in the next turn others come first.
          queue.delete(peer);
          if (requests.size === 0) continue;
          queue.set(peer, requests);
          next.push([peer, requests]);
        }
        turn = next;
      }
      if (queue.size === 0) this.#queues.delete(numericsClass);
    }
  }

  #remove(numericsClass: string, peer: WorkerPeer): void {
    const queue = this.#queues.get(numericsClass);
    queue?.delete(peer);
    if (queue?.size === 0) this.#queues.delete(numericsClass);
  }
}
