import { OodError } from '@oodgrid/contract';
import type { Registration } from '@oodgrid/transport';
import type { Lease } from '../ledger/ledger-events.js';
import { type KnownWorker, sameLease } from './worker-connections.js';

/** A worker that is asked whether it lives has to say something within this time. */
const PROBE_MS = 5000;
/** After a restart of the coordinator, an id with leases is kept this long for the worker that holds them. */
const RETURN_MS = 8000;

export interface IdentityFacts {
  /** The worker that had the id last; undefined where this process of the coordinator has seen none. */
  readonly known: KnownWorker | undefined;
  /** Live leases of that id. */
  readonly leases: readonly Lease[];
  /** Start time of this process of the coordinator. */
  readonly startedAt: number;
  readonly now: number;
}

/**
 * An id is one living process. Its own process may connect again at will, which it proves by what only it knows; after a
 * restart of the coordinator, which remembers no proofs, by the tokens of its leases. Anybody else is refused
 * while the first lives, and takes over at once when it is gone. A connection may be dead without a word (a cut
 * network, a stopped process): its worker is asked, and has to answer. Throws `conflict`.
 */
export function checkIdentity(registration: Registration, facts: IdentityFacts): void {
  const { worker, proof, held } = registration;
  const { known, leases, startedAt, now } = facts;
  if (known === undefined) {
    const isAwaited = leases.length > 0 && now - startedAt < RETURN_MS;
    if (!isAwaited || leases.some((lease) => held.some((ref) => sameLease(ref, lease)))) return;
    throw new OodError(
      'conflict',
      `a worker "${worker.workerId}" had tasks when the coordinator was started again, and may come back for them within ${RETURN_MS / 1000} s: give this one another --id, or wait`,
    );
  }
  const { peer, info, since } = known;
  if (peer === null || known.proof === proof) return;
  if (known.probedAt === null) {
    known.probedAt = now;
    // It speaks of nothing that has to be durable first.
    peer.send({ kind: 'probe' });
  } else if (now - known.probedAt >= PROBE_MS) return;
  const seconds = Math.round((now - since) / 1000);
  throw new OodError(
    'conflict',
    `a worker "${worker.workerId}" is connected already, from ${info.host} with process id ${info.pid}, since ${seconds} s: give this one another --id, or stop that one`,
  );
}
