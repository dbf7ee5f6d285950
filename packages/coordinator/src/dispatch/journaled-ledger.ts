import type { ErrorCode } from '@oodgrid/contract';
import type { LeaseRef } from '@oodgrid/transport';
import type { Ledger } from '../ledger/ledger.js';
import type { LedgerEvent } from '../ledger/ledger-events.js';
import type { JournalRecord } from '../store/journal-record.js';
import type { BatchBuilder } from './batch.js';
import type { RunRegistry } from './run-registry.js';
import type { Stagings } from './stagings.js';
import type { Tallies } from './tallies.js';
import type { WorkerConnections } from './worker-connections.js';

/** The events of the ledger that are journalled. */
export type LedgerRecord = Extract<JournalRecord, { kind: LedgerEvent['kind'] }>;

export interface JournaledLedgerOptions {
  readonly ledger: Pick<Ledger, 'apply' | 'pools' | 'run'>;
  readonly batch: Pick<BatchBuilder, 'record' | 'send'>;
  readonly stagings: Pick<Stagings, 'close'>;
  readonly registry: Pick<RunRegistry, 'get'>;
  readonly workers: Pick<WorkerConnections, 'ofId'>;
  readonly tallies: Pick<Tallies, 'taskGivenUp'>;
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
        ledger.pools.addStrays(registry.get(lease.run).pool, 1);
      }
      // Its worker knows of the end that it said itself.
      const isOwn = 'token' in event && event.token === lease.token && event.kind !== 'expired';
      if (peer !== null && !isOwn) batch.send(peer, { kind: 'cancel', lease: refOf(lease) });
    }
    if (event.kind === 'completed') stagings.close(event.token);
    if (event.kind === 'failed' || event.kind === 'suspected') this.#noteEnd(event, event.failure.code);
    if (event.kind === 'expired') this.#noteEnd(event, 'lost');
  }

  #noteEnd({ run, task }: { readonly run: string; readonly task: number }, code: ErrorCode | 'lost'): void {
    const state = this.#options.ledger.run(run)?.tasks.state(task);
    if (state === 'failed' || state === 'quarantined') this.#options.tallies.taskGivenUp(code);
  }
}

/** The lease alone, without what the ledger knows of it. */
export const refOf = ({ run, task, attempt, token }: LeaseRef): LeaseRef => ({ run, task, attempt, token });
