import type { LeaseRef } from '@oodgrid/transport';
import type { Ledger } from '../ledger/ledger.js';
import type { LedgerEvent } from '../ledger/ledger-events.js';
import type { JournalRecord } from '../store/journal-record.js';
import type { BatchBuilder } from './batch.js';
import type { RunRegistry } from './run-registry.js';
import type { Stagings } from './stagings.js';
import type { WorkerConnections } from './worker-connections.js';

/** What the journal keeps of the ledger's events. */
export type LedgerRecord = Extract<JournalRecord, { kind: LedgerEvent['kind'] }>;

export interface JournaledLedgerOptions {
  readonly ledger: Pick<Ledger, 'apply' | 'pools'>;
  readonly batch: Pick<BatchBuilder, 'record' | 'send'>;
  readonly stagings: Pick<Stagings, 'close'>;
  readonly registry: Pick<RunRegistry, 'find'>;
  readonly workers: Pick<WorkerConnections, 'ofId'>;
}

/** Changes the ledger durably: each event is journalled, applied, and what follows for its leases is done. */
export class JournaledLedger {
  readonly #options: JournaledLedgerOptions;

  constructor(options: JournaledLedgerOptions) {
    this.#options = options;
  }

  apply(event: LedgerRecord, now: number): void {
    const { ledger, batch, stagings, registry, workers } = this.#options;
    batch.record(event);
    for (const lease of ledger.apply(event, now)) {
      stagings.close(lease.token);
      const peer = workers.ofId(lease.worker)?.peer ?? null;
      // The worker that had the message of the queue will not acknowledge it: it stays there as a stray.
      if (peer === null || event.kind === 'expired') {
        ledger.pools.addStrays(registry.find(lease.run)?.pool ?? '', 1);
      }
      // Its worker knows of the end that it said itself.
      const isOwn = 'token' in event && event.token === lease.token && event.kind !== 'expired';
      if (peer !== null && !isOwn) batch.send(peer, { kind: 'cancel', lease: refOf(lease) });
    }
    if (event.kind === 'completed') stagings.close(event.token);
  }
}

/** The lease alone, without what the ledger knows of it. */
export const refOf = ({ run, task, attempt, token }: LeaseRef): LeaseRef => ({ run, task, attempt, token });
